use openapi::apis::{configuration::Configuration, messages_api, secrets_api};
use openapi::models::{MessageInput, RotationInput};
use std::env::var;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut api = Configuration::new();
    api.base_path = var("REKEY_API")?;
    api.bearer_access_token = Some(var("REKEY_TOKEN")?);
    let mut body = RotationInput::new();
    body.overlap_seconds = Some(3600);
    body.reason = Some(var("REASON")?);
    let rotated =
        secrets_api::rotate_webhook_secret(&api, "app_1", "hook_1", None, None, None, Some(body)).await?;
    println!("{}", rotated.signing_secret);
    let state = secrets_api::get_webhook_secret(&api, "app_1", "hook_1", None, None).await?;
    println!("{:?}", state.previous.iter().map(|key| key.state).collect::<Vec<_>>());
    let message = MessageInput::new("{}".into());
    println!("{:?}", messages_api::sign_message(&api, "app_1", "hook_1", message).await?.headers);
    secrets_api::revoke_previous_secrets(&api, "app_1", "hook_1", None, None).await?;
    Ok(())
}
