// Receives webhooks: `cargo run --bin receiver`. WEBHOOK_SECRETS holds the secret, or, during an overlap, the old
// and the new one, separated by a space. Deduplicate by webhook-id: a sender that gets no response delivers again.
use base64::{engine::general_purpose::STANDARD, Engine};
use hmac::{Hmac, Mac};
use std::{collections::HashMap, env::var, io::*, net, thread, time::UNIX_EPOCH};

fn is_verified(keys: &[Vec<u8>], headers: &HashMap<String, String>, body: &[u8]) -> bool {
    let header = |name| headers.get(name).map_or("", String::as_str);
    let content = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp"));
    let is_fresh = |sent| UNIX_EPOCH.elapsed().unwrap().as_secs().abs_diff(sent) <= 300;
    let decode = |signature: &str| STANDARD.decode(signature.strip_prefix("v1,")?).ok();
    let is_signed_with = |key: &Vec<u8>, signature: &[u8]| {
        let mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.chain_update(&content).chain_update(body).verify_slice(signature).is_ok()
    };
    let is_valid = |signature: Vec<u8>| keys.iter().any(|key| is_signed_with(key, &signature));
    header("webhook-timestamp").parse().is_ok_and(is_fresh)
        && header("webhook-signature").split(' ').filter_map(decode).any(is_valid)
}

fn receive(keys: &[Vec<u8>], stream: net::TcpStream) -> Result<()> {
    let (mut stream, mut headers, mut line, mut body) = (BufReader::new(stream), HashMap::new(), vec![], vec![]);
    while stream.read_until(b'\n', &mut line)? > 2 {
        let text = String::from_utf8_lossy(&std::mem::take(&mut line)).into_owned();
        text.split_once(':').map(|(name, value)| headers.insert(name.to_lowercase(), value.trim().to_string()));
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    stream.by_ref().take(length).read_to_end(&mut body)?; // Parsed JSON may differ when serialized again.
    let status = if is_verified(keys, &headers, &body) { 204 } else { 401 };
    write!(stream.get_mut(), "HTTP/1.1 {status} \r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn main() {
    let decode = |secret: &str| STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    let keys = &*var("WEBHOOK_SECRETS").unwrap().split_whitespace().map(decode).collect::<Vec<_>>().leak();
    assert!(keys.iter().all(|key| key.len() >= 24), "WEBHOOK_SECRETS: each secret must have at least 24 bytes");
    let server = net::TcpListener::bind(format!("127.0.0.1:{}", var("PORT").unwrap())).unwrap();
    server.incoming().flatten().for_each(|stream| drop(thread::spawn(|| receive(keys, stream))));
}
