package io.tributary.protocol.http.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Collects server-sent events (WHATWG HTML, section 9.2.6) for one write. */
public final class EventText {
    /** A comment that tells the client, and everything on the way, that the stream lives. */
    public static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.UTF_8);
    /** The first bytes of a stream: what a client may rely on is that they come at once, and the pause before it connects again. */
    public static final byte[] OPENING = "retry: 1000\n: open\n\n".getBytes(StandardCharsets.UTF_8);

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);

    /**
     * Adds an event.
     *
     * @param id   where to resume; null for none
     * @param name null for {@code message}, what a browser calls an event without a name
     * @param json without line breaks
     */
    public EventText add(@Nullable String id, @Nullable String name, byte[] json) {
        if (id != null) {
            line("id: " + id);
        }
        if (name != null) {
            line("event: " + name);
        }
        out.writeBytes(DATA);
        out.writeBytes(json);
        out.write('\n');
        out.write('\n');
        return this;
    }

    private void line(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        out.write('\n');
    }

    /** What was collected so far, in bytes. */
    public int size() {
        return out.size();
    }

    /** The text in UTF-8. */
    public byte[] toBytes() {
        return out.toByteArray();
    }
}
