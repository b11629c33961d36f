import os

from rekey_client import AuthenticatedClient
from rekey_client.api.messages import sign_message
from rekey_client.api.secrets import get_webhook_secret, revoke_previous_secrets, rotate_webhook_secret
from rekey_client.models import MessageInput, RotatedSecret, RotationInput, SecretState, SignedMessage

client = AuthenticatedClient(base_url=os.environ["REKEY_API"], token=os.environ["REKEY_TOKEN"])
body = RotationInput(overlap_seconds=3600, reason=os.environ["REASON"])
rotated = rotate_webhook_secret.sync("app_1", "hook_1", client=client, body=body)
assert isinstance(rotated, RotatedSecret), rotated
print(rotated.signing_secret)
state = get_webhook_secret.sync("app_1", "hook_1", client=client)
assert isinstance(state, SecretState), state
print([key.state for key in state.previous])
signed = sign_message.sync("app_1", "hook_1", client=client, body=MessageInput(payload="{}"))
assert isinstance(signed, SignedMessage), signed
print(signed.headers.to_dict())
revoke_previous_secrets.sync("app_1", "hook_1", client=client)
