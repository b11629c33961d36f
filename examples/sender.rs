// Delivers one webhook: `cargo run --bin sender '{"type":"invoice.paid"}'`. Rekey signs; this program sends the bytes
// that Rekey signed. REKEY_TOKEN needs only the scope messages:sign.
use serde_json::{json, Value};
use std::{env::var, error::Error, thread, time::Duration};

fn deliver(payload: &str, message_id: &str) -> Result<u16, Box<dyn Error>> {
    let limits = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10))).max_redirects(0);
    let http = ureq::Agent::new_with_config(limits.build());
    // Sign before each attempt, so that the timestamp is fresh and keys revoked in the meantime do not sign.
    let (rekey, application, webhook) = (var("REKEY_URL")?, var("APPLICATION_ID")?, var("WEBHOOK_ID")?);
    let signed: Value = http
        .post(format!("{rekey}/api/v1/applications/{application}/webhooks/{webhook}/signatures"))
        .header("authorization", format!("Bearer {}", var("REKEY_TOKEN")?))
        .send_json(json!({ "payload": payload, "messageId": message_id }))?
        .body_mut()
        .read_json()?;
    let mut delivery = http.post(var("RECEIVER_URL")?).header("content-type", "application/json");
    for (name, value) in signed["headers"].as_object().ok_or("no headers")? {
        delivery = delivery.header(name, value.as_str().ok_or("not a string")?);
    }
    Ok(delivery.send(payload)?.status().as_u16())
}

fn main() {
    let payload = std::env::args().nth(1).expect("the payload");
    // The same for every attempt, so that the receiver recognizes a message that it already has.
    let message_id = format!("msg_{}", uuid::Uuid::new_v4());
    for seconds in [1, 5, 25, 0] {
        match deliver(&payload, &message_id) {
            Ok(status) => return println!("{message_id} {status}"),
            Err(error) => println!("{message_id} {error}"),
        }
        thread::sleep(Duration::from_secs(seconds));
    }
    std::process::exit(1);
}
