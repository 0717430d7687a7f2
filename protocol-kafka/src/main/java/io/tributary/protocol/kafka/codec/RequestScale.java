package io.tributary.protocol.kafka.codec;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.ApiKeys;

/** Tells what memory the objects of a request will take, before Kafka's reader makes them, and refuses what would be too much. */
final class RequestScale {
    private static final int VERSION_POSITION = 2;
    private static final Map<Integer, RequestShape> BODIES = new ConcurrentHashMap<>();
    private static final Map<Short, RequestShape> HEADERS = new ConcurrentHashMap<>();

    private RequestScale() {
    }

    /**
     * The bytes that the objects will take, roughly and rather too many.
     *
     * @param frame from its position on; not moved
     * @throws MalformedRequestException for more than {@code maxBytes}, collections of elements with a key whose hashes are too much
     *     alike, an API or version that is not known, and bytes that are not of its shape
     */
    static long of(ByteBuffer frame, long maxBytes) {
        ByteBuffer in = frame.duplicate();
        if (in.remaining() < VERSION_POSITION + Short.BYTES) {
            throw new MalformedRequestException("a request of " + in.remaining() + " bytes");
        }
        short key = in.getShort(in.position());
        short version = in.getShort(in.position() + VERSION_POSITION);
        if (!ApiKeys.hasId(key)) {
            throw new MalformedRequestException("API key " + key + " is not known");
        }
        ApiKeys api = ApiKeys.forId(key);
        RequestTally tally = new RequestTally(maxBytes);
        boolean readable = api.isVersionSupported(version);
        if (!readable && api != ApiKeys.API_VERSIONS) {
            throw new MalformedRequestException(api.name + " has no version " + version);
        }
        HEADERS.computeIfAbsent(api.requestHeaderVersion(version), RequestShape::ofHeader).measure(in, tally);
        if (readable) {
            body(api, version).measure(in, tally);
        }
        return tally.heapBytes();
    }

    private static RequestShape body(ApiKeys api, short version) {
        int place = api.id << Short.SIZE | version;
        RequestShape known = BODIES.get(place);
        return known != null ? known : BODIES.computeIfAbsent(place, missing -> RequestShape.ofBody(api, version));
    }
}
