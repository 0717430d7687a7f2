package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.AbstractByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.tributary.protocol.kafka.codec.SchemaBytes;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every request in every version that is offered, with bytes changed, cut off, or lengths that lie: the broker answers or closes the
 * connection, in time, gives back the memory that it took, and others notice nothing.
 */
@OwnBroker("its limits of time, its memory and Netty's reports of what was not released")
class MutatedRequestsIT {
    private static final int ROUNDS = 8;
    private static final int READ_TIMEOUT_MS = 200;
    private static final int LAST = 0x7A7A7A7A;
    private static final String TOPIC = "mutated";
    /** They may wait as long as the request says, which may be for days when that was changed. */
    private static final Set<ApiKeys> MAY_WAIT = EnumSet.of(ApiKeys.FETCH, ApiKeys.SHARE_FETCH, ApiKeys.JOIN_GROUP, ApiKeys.SYNC_GROUP);
    private static final int[] LYING_LENGTHS = {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -2, 1 << 24, 0x7FFF, 0};

    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();
    private static ResourceLeakDetector.Level before;
    private static KafkaProtocol protocol;
    private static KafkaFixture fixture;
    private static Uuid topicId;

    @BeforeAll
    static void start() throws Exception {
        before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        leakDetector().setLeakListener((resource, records) -> LEAKS.add(resource + records));
        KafkaConfig config = KafkaFixture.CONFIG.withTimeouts(Duration.ofSeconds(2), Duration.ofMinutes(10));
        KafkaProtocol served = new KafkaProtocol(config);
        protocol = served;
        fixture = new KafkaFixture(() -> served);
        fixture.createTopic(TOPIC, 2);
        fixture.createTopic("undisturbed", 1);
        topicId = KafkaFixture.topicId(fixture.admin(), TOPIC);
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            fixture.closeClients();
            await().atMost(KafkaFixture.PATIENCE).untilAsserted(() -> assertThat(protocol.memoryTaken()).isZero());
            awaitReports();
            assertThat(LEAKS).as("but for what this test leaks on purpose, so that it is known to be heard").hasSize(1);
        } finally {
            fixture.close();
            leakDetector().setLeakListener(null);
            ResourceLeakDetector.setLevel(before);
        }
    }

    /** Netty tells of what was collected without a release when it takes the next buffer. */
    private static void awaitReports() {
        leak();
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            System.gc();
            ByteBufAllocator.DEFAULT.buffer(17).release();
            return !LEAKS.isEmpty();
        });
    }

    /** The one of all buffers, which Netty shows to nobody. */
    private static ResourceLeakDetector<?> leakDetector() throws ReflectiveOperationException {
        Field detector = AbstractByteBuf.class.getDeclaredField("leakDetector");
        detector.setAccessible(true);
        return (ResourceLeakDetector<?>) detector.get(null);
    }

    private static void leak() {
        ByteBufAllocator.DEFAULT.buffer(17).writeInt(1);
    }

    /** A connection, and what has come on it. */
    private static final class Victim implements AutoCloseable {
        private final ApiKeys api;
        private final Socket socket;
        private ByteBuffer unread = ByteBuffer.allocate(0);

        Victim(ApiKeys api) throws IOException {
            this.api = api;
            this.socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port());
            socket.setSoTimeout(READ_TIMEOUT_MS);
        }

        void send(int size, byte[] frame) throws IOException {
            byte[] bytes = ByteBuffer.allocate(Integer.BYTES + frame.length).putInt(size).put(frame).array();
            try {
                socket.getOutputStream().write(bytes);
            } catch (SocketException reset) {
                assertThat(reset).as("it was closed before all was read").isNotNull();
            }
        }

        /** Whether the connection has ended, or the request with this number was answered; false when nothing more came for a while. */
        boolean hasEndedOrAnswered(int correlation) throws IOException {
            byte[] bytes = new byte[1 << 16];
            try {
                for (int read = 0; read >= 0; read = socket.getInputStream().read(bytes)) {
                    unread = ByteBuffer.allocate(unread.remaining() + read).put(unread).put(bytes, 0, read).flip();
                    if (takeResponses(correlation)) {
                        return true;
                    }
                }
            } catch (SocketTimeoutException quiet) {
                return false;
            } catch (SocketException reset) {
                return true;
            }
            return true;
        }

        private boolean takeResponses(int correlation) {
            while (unread.remaining() >= 2 * Integer.BYTES && unread.remaining() >= Integer.BYTES + unread.getInt(unread.position())) {
                int size = unread.getInt();
                if (unread.getInt(unread.position()) == correlation) {
                    return true;
                }
                unread.position(unread.position() + size);
            }
            return false;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static List<ApiVersion> offered() {
        return List.copyOf(((ApiVersionsResponse) new WireClient(fixture.port()).exchange(ApiKeys.API_VERSIONS, 0,
            new ApiVersionsRequestData())).data().apiKeys());
    }

    private static byte[] mutate(SchemaBytes.Written request, Random random) {
        byte[] bytes = request.frame().clone();
        switch (random.nextInt(4)) {
            case 0 -> {
                int length = random.nextInt(bytes.length);
                return Arrays.copyOf(bytes, length);
            }
            case 1 -> {
                if (!request.lengths().isEmpty()) {
                    lie(bytes, request.lengths().get(random.nextInt(request.lengths().size())), random);
                }
            }
            case 2 -> {
                for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            default -> {
                int from = random.nextInt(bytes.length);
                for (int i = from; i < Math.min(bytes.length, from + 8); i++) {
                    bytes[i] = (byte) random.nextInt(256);
                }
            }
        }
        return bytes;
    }

    /** A length of four bytes, of two, or of the varying number that flexible versions have. */
    private static void lie(byte[] bytes, int position, Random random) {
        int value = LYING_LENGTHS[random.nextInt(LYING_LENGTHS.length)];
        int width = random.nextBoolean() ? 4 : 5;
        for (int i = 0; i < width && position + i < bytes.length; i++) {
            bytes[position + i] = width == 4
                ? (byte) (value >>> (24 - 8 * i))
                : (byte) (value >>> (7 * i) & 0x7F | (i < 4 ? 0x80 : 0));
        }
    }

    /** An ordinary request, whose answer shows that what came before is done with. */
    private static byte[] last() {
        return ByteBuffer.allocate(10).putShort(ApiKeys.API_VERSIONS.id).putShort((short) 0).putInt(LAST).putShort((short) -1).array();
    }

    @Test
    void everyMutatedRequestIsAnsweredOrEndsTheConnectionAndNobodyElseNotices() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        List<Victim> waiting = new ArrayList<>();
        int sent = 0;
        for (ApiVersion offer : offered()) {
            ApiKeys api = ApiKeys.forId(offer.apiKey());
            for (short version = api.oldestVersion(); version <= offer.maxVersion(); version++) {
                for (int round = 0; round < ROUNDS; round++) {
                    SchemaBytes.Written request = SchemaBytes.request(api, version, new PlausibleValues(random, TOPIC, topicId));
                    Victim victim = new Victim(api);
                    byte[] frame = round == 0 ? request.frame() : mutate(request, random);
                    victim.send(frame.length, frame);
                    victim.send(last().length, last());
                    sent++;
                    if (victim.hasEndedOrAnswered(LAST)) {
                        victim.close();
                    } else {
                        waiting.add(victim);
                    }
                }
            }
            assertThat(get(producer.send(new ProducerRecord<>("undisturbed", "k", "v"))).offset()).as("seed %d, %s", seed, api)
                .isNotNegative();
        }
        for (Victim victim : waiting) {
            if (!victim.hasEndedOrAnswered(LAST)) {
                assertThat(MAY_WAIT).as("seed %d, nothing came of %s", seed, victim.api).contains(victim.api);
            }
            victim.close();
        }
        assertThat(sent).as("requests").isGreaterThan(1_500);
        Consumer<String, String> consumer = fixture.consumer(Map.of());
        consumer.assign(List.of(new TopicPartition("undisturbed", 0)));
        assertThat(KafkaFixture.poll(consumer, offered().size())).hasSizeGreaterThanOrEqualTo(offered().size());
    }

    @Test
    void aRequestWhoseEndDoesNotComeIsNotWaitedForForEver() throws Exception {
        List<Victim> victims = new ArrayList<>();
        for (ApiVersion offer : offered()) {
            ApiKeys api = ApiKeys.forId(offer.apiKey());
            byte[] frame = SchemaBytes.request(api, api.latestVersion(false), new PlausibleValues(new Random(7), TOPIC, topicId)).frame();
            Victim victim = new Victim(api);
            victim.send(frame.length + 1, frame);
            victims.add(victim);
        }
        for (Victim victim : victims) {
            await().pollDelay(Duration.ZERO).atMost(KafkaFixture.PATIENCE).until(() -> victim.hasEndedOrAnswered(LAST));
            victim.close();
        }
    }
}
