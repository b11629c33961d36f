// Receives webhooks with Java's standard library. WEBHOOK_SECRETS holds the secret, or, during an overlap, the old and
// the new one, separated by a space. Deduplicate by webhook-id: a sender that gets no response delivers again.
import com.sun.net.httpserver.*;
import java.net.InetSocketAddress;
import java.security.*;
import java.util.*;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class Receiver {
  static boolean isVerified(List<byte[]> keys, Headers headers, byte[] body) throws GeneralSecurityException {
    String id = headers.getFirst("webhook-id"), timestamp = headers.getFirst("webhook-timestamp");
    String signatures = headers.getFirst("webhook-signature");
    if (signatures == null || timestamp == null || !timestamp.matches("[0-9]{1,12}")) return false;
    if (Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(timestamp)) > 300) return false;
    for (byte[] key : keys) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((id + "." + timestamp + ".").getBytes());
      byte[] valid = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes();
      for (String sent : signatures.split(" ")) if (MessageDigest.isEqual(valid, sent.getBytes())) return true;
    }
    return false;
  }

  public static void main(String[] arguments) throws Exception {
    var keys = Arrays.stream(System.getenv("WEBHOOK_SECRETS").split(" "))
        .map(secret -> Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""))).toList();
    if (keys.stream().anyMatch(key -> key.length < 24)) throw new Exception("WEBHOOK_SECRETS: a secret is too short");
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 0);
    server.createContext("/", exchange -> {
      byte[] body = exchange.getRequestBody().readAllBytes(); // Parsed JSON may differ when serialized again.
      try { exchange.sendResponseHeaders(isVerified(keys, exchange.getRequestHeaders(), body) ? 204 : 401, -1); }
      catch (GeneralSecurityException error) { exchange.close(); }
    });
    server.start();
  }
}
