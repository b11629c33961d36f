// Delivers one webhook: `java Sender.java '{"type":"invoice.paid"}'`. Rekey signs; this program sends the bytes that
// Rekey signed. REKEY_TOKEN needs only the scope messages:sign.
import java.net.URI;
import java.net.http.*;
import java.util.*;

class Sender {
  static HttpResponse<String> post(String url, Map<String, String> headers, byte[] body) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url)).timeout(java.time.Duration.ofSeconds(10));
    headers.forEach(request::header);
    request.header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(body));
    var response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) throw new java.io.IOException(response.statusCode() + " " + response.body());
    return response;
  }

  static void deliver(Map<String, String> env, byte[] payload, String messageId) throws Exception {
    // Sign before each attempt, so that the timestamp is fresh and keys revoked in the meantime do not sign.
    String url = env.get("REKEY_URL") + "/api/v1/applications/%s/webhooks/%s/signatures";
    String body = "{\"payloadEncoding\":\"base64\",\"payload\":\"%s\",\"messageId\":\"%s\"}"; // Java writes no JSON.
    var signed = post(url.formatted(env.get("APPLICATION_ID"), env.get("WEBHOOK_ID")),
        Map.of("authorization", "Bearer " + env.get("REKEY_TOKEN")),
        body.formatted(Base64.getEncoder().encodeToString(payload), messageId).getBytes());
    var headers = new HashMap<String, String>(); // They contain nothing that JSON escapes.
    var pairs = java.util.regex.Pattern.compile("\"([\\w-]+)\":\"(.*?)\"").matcher(signed.body());
    while (pairs.find()) headers.put(pairs.group(1), pairs.group(2));
    System.out.println(messageId + " " + post(env.get("RECEIVER_URL"), headers, payload).statusCode());
  }

  public static void main(String[] arguments) throws Exception {
    String messageId = "msg_" + UUID.randomUUID(); // The same for every attempt, so that the receiver recognizes it.
    for (int seconds : new int[] {1, 5, 25, 0}) {
      try { deliver(System.getenv(), arguments[0].getBytes("UTF-8"), messageId); System.exit(0); }
      catch (java.io.IOException error) { System.out.println(messageId + " " + error); }
      Thread.sleep(seconds * 1000);
    }
    System.exit(1);
  }
}
