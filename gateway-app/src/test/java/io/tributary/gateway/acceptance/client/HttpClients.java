package io.tributary.gateway.acceptance.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JDK's HTTP client and plain JSON. */
public final class HttpClients {
    public static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofMillis(MessageReader.PATIENCE_MS);

    private HttpClients() {
    }

    /** Sends the request and returns the body of a 2xx answer; anything else is an error. */
    public static String ok(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(request.method() + " " + request.uri() + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    public static HttpRequest.Builder request(Endpoints at, String pathAndQuery) {
        return HttpRequest.newBuilder(at.uri(pathAndQuery)).timeout(TIMEOUT);
    }

    /** A request with a JSON body. */
    public static HttpRequest json(Endpoints at, String method, String pathAndQuery, String body) {
        return request(at, pathAndQuery).header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
    }

    public static MessageWriter writer(Endpoints at, String topic) {
        HttpClient client = HttpClient.newHttpClient();
        return new MessageWriter() {
            @Override
            public void write(List<Message> messages) throws Exception {
                for (Message message : messages) {
                    ok(client, post(at, topic, message));
                }
            }

            @Override
            public void close() {
                // The JDK's client ends with its last reference.
            }
        };
    }

    /** One record: the body is the value. */
    public static HttpRequest post(Endpoints at, String topic, Message message) {
        String query = message.subject() == null ? "" : "?key=" + escape(message.subject());
        HttpRequest.Builder builder = request(at, "/v1/topics/" + topic + "/messages" + query);
        if (message.contentType() != null) {
            builder.header("Content-Type", message.contentType());
        }
        if (message.correlationId() != null) {
            builder.header("Correlation-Id", message.correlationId());
        }
        message.headers().forEach((name, value) -> builder.header("Header-" + name, value));
        return builder.POST(HttpRequest.BodyPublishers.ofByteArray(message.body())).build();
    }

    /** All records in one request, as JSON. */
    public static MessageWriter jsonWriter(Endpoints at, String topic) {
        HttpClient client = HttpClient.newHttpClient();
        return new MessageWriter() {
            @Override
            public void write(List<Message> messages) throws Exception {
                String body = JSON.writeValueAsString(Map.of("records", messages.stream().map(HttpClients::asJson).toList()));
                ok(client, request(at, "/v1/topics/" + topic + "/messages").header("Content-Type", "application/vnd.tributary.records+json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build());
            }

            @Override
            public void close() {
                // The JDK's client ends with its last reference.
            }
        };
    }

    private static Map<String, Object> asJson(Message message) {
        Map<String, Object> headers = new TreeMap<>(message.headers());
        if (message.contentType() != null) {
            headers.put("content-type", message.contentType());
        }
        if (message.correlationId() != null) {
            headers.put("correlation-id", message.correlationId());
        }
        Map<String, Object> record = new TreeMap<>();
        if (message.subject() != null) {
            record.put("key", message.subject());
        }
        record.put("valueBase64", Base64.getEncoder().encodeToString(message.body()));
        record.put("headers", headers);
        return record;
    }

    /** Pulls and acknowledges through a subscription of its own. */
    public static MessageReader pullReader(Endpoints at, String topic) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        String path = "/v1/subscriptions/pull-" + UUID.randomUUID();
        ok(client, json(at, "PUT", path, "{\"topic\":\"" + topic + "\",\"start\":\"earliest\",\"durable\":true}"));
        return new MessageReader() {
            @Override
            public void poll(List<Message> into, long waitMs) throws Exception {
                String answer = ok(client, json(at, "POST", path + "/pull", "{\"max\":50,\"wait\":\"" + waitMs + "ms\"}"));
                List<String> ackIds = new ArrayList<>();
                for (JsonNode each : JSON.readTree(answer).get("messages")) {
                    into.add(message(each));
                    ackIds.add(each.get("ackId").asString());
                }
                if (!ackIds.isEmpty()) {
                    ok(client, json(at, "POST", path + "/ack", JSON.writeValueAsString(Map.of("ackIds", ackIds))));
                }
            }

            @Override
            public void close() throws Exception {
                ok(client, request(at, path).DELETE().build());
            }
        };
    }

    /** Browses from the earliest record on, following {@code next}; needs no set-up and leaves no trace. */
    public static MessageReader browseReader(Endpoints at, String topic) {
        HttpClient client = HttpClient.newHttpClient();
        return new MessageReader() {
            private long next;

            @Override
            public void poll(List<Message> into, long waitMs) throws Exception {
                String answer = ok(client, request(at, "/v1/topics/" + topic + "/messages?partition=0&limit=50&offset=" + next
                    + "&wait=" + waitMs + "ms").build());
                JsonNode page = JSON.readTree(answer);
                page.get("records").forEach(each -> into.add(message(each)));
                next = page.get("next").get("0").asLong();
            }

            @Override
            public void close() {
                // Nothing was set up.
            }
        };
    }

    /** Follows the topic's server-sent events. */
    public static MessageReader eventReader(Endpoints at, String topic) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(at.uri("/v1/topics/" + topic + "/events?from=earliest"))
            .header("Accept", "text/event-stream").build();
        InputStream stream = client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
        BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
        Thread thread = new Thread(() -> readEvents(stream, arrived), "sse-" + topic);
        thread.setDaemon(true);
        thread.start();
        return new MessageReader() {
            @Override
            public void poll(List<Message> into, long waitMs) throws InterruptedException {
                for (Message next = arrived.poll(waitMs, TimeUnit.MILLISECONDS); next != null; next = arrived.poll()) {
                    into.add(next);
                }
            }

            @Override
            public void close() throws IOException {
                stream.close();
            }
        };
    }

    private static void readEvents(InputStream stream, BlockingQueue<Message> arrived) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            StringBuilder data = new StringBuilder();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("data:")) {
                    data.append(line.substring("data:".length()));
                } else if (line.isEmpty() && data.length() > 0) {
                    arrived.add(message(JSON.readTree(data.toString())));
                    data.setLength(0);
                }
            }
        } catch (IOException closed) {
            // The test has closed the stream, or the server has; what is missing then fails the test.
            return;
        }
    }

    /** Reads a record as the HTTP protocol writes it. */
    public static Message message(JsonNode record) {
        Map<String, String> headers = new TreeMap<>();
        JsonNode fields = record.get("headers");
        if (fields != null) {
            fields.properties().forEach(each -> headers.put(each.getKey(),
                each.getValue().isString() ? each.getValue().asString() : each.getValue().toString()));
        }
        return Metadata.message(textOrNull(record.get("key")), value(record), headers);
    }

    private static byte[] value(JsonNode record) {
        String base64 = textOrNull(record.get("valueBase64"));
        if (base64 != null) {
            return Base64.getDecoder().decode(base64);
        }
        String text = textOrNull(record.get("value"));
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String textOrNull(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node.asString();
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
