package io.tributary.protocol.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Mutated frames: a frame, a wait for more, or a typed error, and nothing else; no buffer is leaked. */
class DecoderFuzzTest {
    @Provide
    Arbitrary<ContentProperties> properties() {
        return FieldTables.properties();
    }

    @Property(tries = 3000)
    void answersMutatedBytesWithAFrameAWaitOrATypedError(@ForAll("properties") ContentProperties properties, @ForAll long seed) {
        Random random = new Random(seed);
        ByteBuf bytes = Unpooled.buffer();
        FieldTable table = properties.headers() == null ? FieldTable.EMPTY : properties.headers();
        FrameEncoder.writeMethod(bytes, 1, new QueueMethod.Declare("q", false, true, false, false, false, table));
        FrameEncoder.writeMethod(bytes, 1, new BasicMethod.Publish("e", "k", true, false));
        FrameEncoder.writeHeader(bytes, 1, 3, properties);
        FrameEncoder.writeBodyStart(bytes, 1, 3);
        bytes.writeMedium(0);
        FrameEncoder.writeBodyEnd(bytes);
        mutate(bytes, random);
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(4096));
        ByteBuf header = Unpooled.buffer();
        FrameEncoder.writeProtocolHeader(header);
        channel.writeInbound(header);
        while (bytes.isReadable()) {
            ByteBuf piece = bytes.readRetainedSlice(Math.min(bytes.readableBytes(), 1 + random.nextInt(64)));
            goesOnOrFailsTyped(() -> channel.writeInbound(piece));
        }
        channel.inboundMessages().forEach(ReferenceCountUtil::release);
        channel.inboundMessages().clear();
        bytes.release();
        goesOnOrFailsTyped(channel::finishAndReleaseAll);
        assertThat(bytes.refCnt()).isZero();
    }

    /** A wrong method leaves the next frame readable, so there may be several errors. */
    private static void goesOnOrFailsTyped(Runnable step) {
        try {
            step.run();
        } catch (DecoderException bad) {
            assertThat(bad.getCause()).isInstanceOf(AmqpException.class);
        }
    }

    private static void mutate(ByteBuf bytes, Random random) {
        int mutations = 1 + random.nextInt(4);
        for (int i = 0; i < mutations; i++) {
            int at = random.nextInt(bytes.readableBytes());
            switch (random.nextInt(3)) {
                case 0 -> bytes.setByte(at, random.nextInt());
                case 1 -> bytes.setByte(at, bytes.getByte(at) ^ 1 << random.nextInt(8));
                default -> bytes.writerIndex(Math.max(1, at));
            }
        }
    }
}
