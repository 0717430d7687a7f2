package io.tributary.protocol.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;

/** Few bytes on the wire are many in memory. What a request takes is known before it is read, for every list of every version. */
class RequestScaleTest {
    private static final int ELEMENTS = 120;
    private static final long NO_BOUND = Long.MAX_VALUE;
    /** What reading takes however small the request is. */
    private static final long FIXED_COST = 4 << 10;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RequestDecoder decoder =
        new RequestDecoder("test", InetAddress.getLoopbackAddress(), KafkaPrincipal.ANONYMOUS, SecurityProtocol.PLAINTEXT);

    /** One list with many elements of no content; those that it is in have one. */
    private static class ManyIn implements SchemaBytes.Values {
        private final String path;
        private final int count;

        ManyIn(String path, int count) {
            this.path = path;
            this.count = count;
        }

        @Override
        public String text(String field) {
            return "";
        }

        @Override
        public long number(String field, int bytes) {
            return 1;
        }

        @Override
        public byte[] content(String field) {
            return new byte[0];
        }

        @Override
        public byte[] uuid(String field) {
            return new byte[16];
        }

        @Override
        public int elements(String array) {
            return array.equals(path) ? count : path.startsWith(array + "/") ? 1 : 0;
        }
    }

    private static byte[] request(ApiKeys api, short version, String path, int count) {
        return SchemaBytes.request(api, version, new ManyIn(path, count)).frame();
    }

    /** What reading the frame allocates; nothing for what Kafka's classes do not take. */
    private Optional<Long> allocatedBy(byte[] frame) {
        try {
            decoder.decode(ByteBuffer.wrap(frame));
            long before = THREADS.getCurrentThreadAllocatedBytes();
            decoder.decode(ByteBuffer.wrap(frame));
            return Optional.of(THREADS.getCurrentThreadAllocatedBytes() - before);
        } catch (MalformedRequestException refused) {
            return Optional.empty();
        }
    }

    @Test
    void whatReadingTakesIsKnownBefore() {
        int measured = 0;
        for (ApiKeys api : ApiKeys.brokerApis()) {
            for (short version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
                for (String path : SchemaBytes.arrays(api, version)) {
                    byte[] frame = request(api, version, path, ELEMENTS);
                    long weight = RequestDecoder.weigh(ByteBuffer.wrap(frame), NO_BOUND);
                    Optional<Long> allocated = allocatedBy(frame);
                    measured += allocated.isPresent() ? 1 : 0;
                    assertThat(allocated.orElse(0L)).as("%s %d %s", api, version, path).isLessThanOrEqualTo(weight + FIXED_COST);
                }
            }
        }
        assertThat(measured).isGreaterThan(300);
    }

    @Test
    void whatIsOverTheBoundIsRefusedBeforeItIsRead() {
        byte[] frame = request(ApiKeys.METADATA, (short) 13, "/topics", 20_000);
        long weight = RequestDecoder.weigh(ByteBuffer.wrap(frame), NO_BOUND);
        assertThat(RequestDecoder.weigh(ByteBuffer.wrap(frame), weight)).isEqualTo(weight);
        assertThatThrownBy(() -> RequestDecoder.weigh(ByteBuffer.wrap(frame), weight - 1)).isInstanceOf(MalformedRequestException.class);
    }

    /** A CreateTopics request: Kafka's collection of topics takes seconds for 4,000 of one name, and the cube of that for more. */
    private static byte[] topics(IntFunction<String> names, int count) {
        AtomicInteger next = new AtomicInteger();
        SchemaBytes.Values values = new ManyIn("/topics", count) {
            @Override
            public String text(String field) {
                return names.apply(next.getAndIncrement());
            }
        };
        return SchemaBytes.request(ApiKeys.CREATE_TOPICS, (short) 7, values).frame();
    }

    private static long weigh(byte[] frame) {
        return RequestDecoder.weigh(ByteBuffer.wrap(frame), NO_BOUND);
    }

    /** Names of one hash: each bit chooses one of two texts that Java gives the same. */
    private static String alike(int number) {
        StringBuilder name = new StringBuilder();
        for (int bit = 0; bit < 12; bit++) {
            name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return name.toString();
    }

    @Test
    void elementsOfOneHashAreRefused() {
        assertThat(weigh(topics(number -> "same", 500))).isPositive();
        assertThatThrownBy(() -> weigh(topics(number -> "same", 4_000))).isInstanceOf(MalformedRequestException.class);
        assertThatThrownBy(() -> weigh(topics(RequestScaleTest::alike, 4_000))).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void manyElementsOfDifferentHashesAreTaken() {
        assertThat(weigh(topics(number -> "topic-" + number, 20_000))).isPositive();
        assertThat(decoder.decode(ByteBuffer.wrap(topics(number -> "topic-" + number, 20_000))).body().data())
            .isInstanceOfSatisfying(CreateTopicsRequestData.class, data -> assertThat(data.topics()).hasSize(20_000));
    }

    @Test
    void whatIsNotOfTheShapeIsRefused() {
        byte[] whole = request(ApiKeys.METADATA, (short) 13, "/topics", 10);
        for (int length = 0; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
            assertThatThrownBy(() -> RequestDecoder.weigh(cut, NO_BOUND)).isInstanceOf(MalformedRequestException.class);
        }
    }
}
