import org.openapitools.client.ApiClient;
import org.openapitools.client.api.MessagesApi;
import org.openapitools.client.api.SecretsApi;
import org.openapitools.client.model.MessageInput;
import org.openapitools.client.model.RotationInput;

class Rotate {
  public static void main(String[] args) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("REKEY_API"));
    client.setRequestInterceptor(
        request -> request.header("Authorization", "Bearer " + System.getenv("REKEY_TOKEN")));
    SecretsApi secrets = new SecretsApi(client);
    RotationInput body = new RotationInput().overlapSeconds(3600).reason(System.getenv("REASON"));
    System.out.println(
        secrets.rotateWebhookSecret("app_1", "hook_1", null, null, null, body).getSigningSecret());
    secrets.getWebhookSecret("app_1", "hook_1", null, null).getPrevious()
        .forEach(key -> System.out.println(key.getState()));
    MessageInput message = new MessageInput().payload("{}");
    System.out.println(
        new MessagesApi(client).signMessage("app_1", "hook_1", message).getHeaders());
    secrets.revokePreviousSecrets("app_1", "hook_1", null, null);
  }
}
