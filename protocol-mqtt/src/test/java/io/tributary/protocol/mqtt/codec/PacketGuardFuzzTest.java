package io.tributary.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Mutated packets give messages, "need more", or one typed error: nothing else, and nothing leaks. */
class PacketGuardFuzzTest {
    private static final byte[] CONNECT_WITH_WILL = HexFormat.of().parseHex(
        "101f00044d5154540506003c05110000003c000161000003772f610004676f6e65");
    private static final byte[] TRAFFIC = HexFormat.of().parseHex(
        "100e00044d515454050200000000" + "0161" + "320b0003612f62000102010126" + "82070001000001" + "6101" + "4002000162020001e000");

    @Property(tries = 3000)
    void neverThrowsAndNeverLeaks(@ForAll("mutations") byte[] bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new PacketGuard(512), new MqttDecoder(512, 0xFFFF));
        int half = bytes.length / 2;
        channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, half));
        channel.writeInbound(Unpooled.copiedBuffer(bytes, half, bytes.length - half));
        int malformed = 0;
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            assertThat(malformed).isZero();
            if (message instanceof MalformedPacket) {
                malformed++;
            } else {
                assertThat(message).isInstanceOf(MqttMessage.class);
            }
            ReferenceCountUtil.release(message);
        }
        channel.checkException();
        channel.finishAndReleaseAll();
    }

    @Provide
    Arbitrary<byte[]> mutations() {
        Arbitrary<byte[]> bases = Arbitraries.of(CONNECT_WITH_WILL, TRAFFIC);
        Arbitrary<int[]> changes = Arbitraries.integers().between(0, 0xFFFFFF).array(int[].class).ofMinSize(0).ofMaxSize(6);
        return bases.flatMap(base -> changes.map(list -> {
            byte[] mutated = base.clone();
            for (int change : list) {
                mutated[(change >> 8) % mutated.length] = (byte) change;
            }
            return mutated;
        }));
    }
}
