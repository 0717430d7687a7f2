package io.tributary.protocol.http.codec;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes the API's JSON; strict, so that a misspelt field is an error and not a surprise. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .build();

    private Json() {
    }

    /** Reads an object; an empty body is an empty object. Fails with {@link MalformedBody}. */
    public static <T> T read(byte[] body, Class<T> type) {
        try {
            T value = MAPPER.readValue(body.length == 0 ? new byte[] {'{', '}'} : body, type);
            if (value == null) {
                throw new MalformedBody("the body is null, not an object");
            }
            return value;
        } catch (JacksonException malformed) {
            throw new MalformedBody(describe(malformed));
        }
    }

    /** The JSON text of a value, in UTF-8. */
    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** The first line, without what the library says about its own classes. */
    private static String describe(JacksonException malformed) {
        String message = malformed.getOriginalMessage();
        int end = message.indexOf(" (");
        String text = (end < 0 ? message : message.substring(0, end)).lines().findFirst().orElse("not JSON");
        int line = malformed.getLocation() == null ? -1 : malformed.getLocation().getLineNr();
        return "the body is not the JSON that is expected: " + text
            + (line < 0 ? "" : " at line " + line + ", column " + malformed.getLocation().getColumnNr());
    }

    /** The body cannot be read. */
    public static final class MalformedBody extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MalformedBody(String message) {
            super(message);
        }
    }
}
