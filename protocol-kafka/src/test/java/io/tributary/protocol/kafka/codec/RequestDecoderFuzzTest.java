package io.tributary.protocol.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;

/** Mutated bytes give a request or MalformedRequestException, nothing else. */
class RequestDecoderFuzzTest {
    private static final int ROUNDS = 40;
    private final RequestDecoder decoder =
        new RequestDecoder("test", InetAddress.getLoopbackAddress(), KafkaPrincipal.ANONYMOUS, SecurityProtocol.PLAINTEXT);

    private static byte[] request(ApiKeys api, short version) {
        RequestHeader header = new RequestHeader(api, version, "fuzz", 5);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ApiMessage body = api.messageType.newRequest();
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion()).buffer();
        ByteBufferAccessor tail = new ByteBufferAccessor(ByteBuffer.allocate(body.size(cache, version)));
        body.write(tail, cache, version);
        tail.buffer().flip();
        return ByteBuffer.allocate(head.remaining() + tail.buffer().remaining()).put(head).put(tail.buffer()).array();
    }

    private static List<byte[]> requests() {
        List<byte[]> requests = new ArrayList<>();
        for (ApiKeys api : ApiKeys.brokerApis()) {
            if (api.name.endsWith("Acls")) {
                // Their defaults are no legal request.
                continue;
            }
            for (short version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
                try {
                    requests.add(request(api, version));
                } catch (RuntimeException needsFields) {
                    // A few requests cannot be written with nothing but defaults.
                    assertThat(needsFields).isNotNull();
                }
            }
        }
        return requests;
    }

    @Test
    void requestsThatAreNotMutatedAreRead() {
        List<byte[]> requests = requests();
        assertThat(requests).hasSizeGreaterThan(150);
        for (byte[] bytes : requests) {
            assertThat(decoder.decode(ByteBuffer.wrap(bytes)).context().correlationId()).isEqualTo(5);
        }
    }

    @Test
    void mutatedRequestsAreReadOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (byte[] original : requests()) {
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bytes = mutate(original, random);
                try {
                    decoder.decode(ByteBuffer.wrap(bytes));
                } catch (MalformedRequestException expected) {
                    assertThat(expected).hasMessageNotContaining("OutOfMemory");
                } catch (Throwable other) {
                    fail("seed " + seed, other);
                }
            }
        }
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        int length = random.nextInt(3) == 0 ? random.nextInt(bytes.length + 1) : bytes.length + random.nextInt(4);
        byte[] cut = Arrays.copyOf(bytes, length);
        if (random.nextInt(4) == 0 && length >= 8) {
            ByteBuffer.wrap(cut).putInt(random.nextInt(length - 4), random.nextBoolean() ? Integer.MAX_VALUE : -random.nextInt(100));
        }
        return cut;
    }
}
