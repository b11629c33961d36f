import os

from openapi_client import ApiClient, Configuration, MessageInput, MessagesApi, RotationInput, SecretsApi

configuration = Configuration(host=os.environ["REKEY_API"], access_token=os.environ["REKEY_TOKEN"])
with ApiClient(configuration) as client:
    secrets = SecretsApi(client)
    body = RotationInput(overlapSeconds=3600, reason=os.environ["REASON"])
    print(secrets.rotate_webhook_secret("app_1", "hook_1", rotation_input=body).signing_secret)
    print([key.state for key in secrets.get_webhook_secret("app_1", "hook_1").previous])
    print(MessagesApi(client).sign_message("app_1", "hook_1", MessageInput(payload="{}")).headers)
    secrets.revoke_previous_secrets("app_1", "hook_1")
