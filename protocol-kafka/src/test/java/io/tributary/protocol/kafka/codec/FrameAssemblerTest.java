package io.tributary.protocol.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameAssemblerTest {
    private static final int PRODUCE = 0;
    private static final int FETCH = 1;
    private boolean mayTake = true;
    private final FrameAssembler assembler = new FrameAssembler(key -> switch (key) {
        case PRODUCE -> 1 << 20;
        case FETCH -> 1000;
        default -> -1;
    }, bytes -> mayTake);

    private static ByteBuf frame(int apiKey, int size) {
        ByteBuf out = Unpooled.buffer().writeInt(size).writeShort(apiKey);
        for (int i = 2; i < size; i++) {
            out.writeByte(i);
        }
        return out;
    }

    @Test
    void aFrameIsGivenWithoutItsSize() {
        ByteBuffer frame = assembler.next(frame(FETCH, 10));
        assertThat(frame).isNotNull();
        assertThat(frame.remaining()).isEqualTo(10);
        assertThat(frame.getShort(0)).isEqualTo((short) FETCH);
        assertThat(frame.get(9)).isEqualTo((byte) 9);
        assertThat(assembler.isMidFrame()).isFalse();
    }

    @Test
    void framesComeWholeHoweverTheBytesAreCut() {
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            List<Integer> sizes = new ArrayList<>();
            ByteBuf all = Unpooled.buffer();
            for (int i = 0; i < 5; i++) {
                int size = 2 + random.nextInt(round % 5 == 0 ? 300_000 : 200);
                sizes.add(size);
                all.writeBytes(frame(PRODUCE, size));
            }
            List<Integer> got = new ArrayList<>();
            while (all.isReadable()) {
                ByteBuf piece = all.readSlice(Math.min(all.readableBytes(), 1 + random.nextInt(40_000)));
                while (piece.isReadable()) {
                    ByteBuffer frame = assembler.next(piece);
                    if (frame != null) {
                        assertThat(frame.get(frame.limit() - 1)).isEqualTo((byte) (frame.limit() == 2 ? PRODUCE : frame.limit() - 1));
                        got.add(frame.remaining());
                    }
                }
            }
            assertThat(got).isEqualTo(sizes);
        }
    }

    @Test
    void aSizeThatCannotBeIsRefusedBeforeAnythingIsKept() {
        for (int size : new int[] {-1, Integer.MIN_VALUE, 0, 1}) {
            assertThatThrownBy(() -> assembler.next(Unpooled.buffer().writeInt(size))).isInstanceOf(MalformedRequestException.class);
        }
    }

    @Test
    void eachApiHasItsLimitAndAnUnknownOneNone() {
        assertThat(assembler.next(frame(FETCH, 1000))).isNotNull();
        assertThatThrownBy(() -> assembler.next(frame(FETCH, 1001))).isInstanceOf(MalformedRequestException.class);
        FrameAssembler other = new FrameAssembler(key -> -1, bytes -> true);
        assertThatThrownBy(() -> other.next(frame(PRODUCE, 10))).isInstanceOf(MalformedRequestException.class)
            .hasMessageContaining("not served");
    }

    @Test
    void aTokenHasASizeAndNoHeaderAndARequestMayFollow() {
        byte[] token = {1, 2, 3};
        for (int cut = 1; cut < 7; cut++) {
            ByteBuf whole = Unpooled.buffer().writeInt(token.length).writeBytes(token);
            assertThat(assembler.nextToken(whole.readSlice(cut), 3)).isNull();
            assertThat(assembler.isMidFrame()).isTrue();
            assertThat(assembler.nextToken(whole, 3)).isEqualTo(ByteBuffer.wrap(token));
            assertThat(assembler.isMidFrame()).isFalse();
        }
        assertThat(assembler.nextToken(Unpooled.buffer().writeInt(0), 3)).isEqualTo(ByteBuffer.allocate(0));
        assertThat(assembler.next(frame(FETCH, 1000))).isNotNull();
        for (int size : new int[] {-1, 4, Integer.MAX_VALUE}) {
            FrameAssembler other = new FrameAssembler(key -> -1, bytes -> true);
            assertThatThrownBy(() -> other.nextToken(Unpooled.buffer().writeInt(size), 3)).isInstanceOf(MalformedRequestException.class);
        }
    }

    @Test
    void aFrameThatHasBegunIsKnownToHave() {
        assertThat(assembler.next(Unpooled.wrappedBuffer(new byte[] {0}))).isNull();
        assertThat(assembler.isMidFrame()).isTrue();
    }

    @Test
    void takesNothingMoreWhileMemoryMayNotBeTaken() {
        ByteBuf bytes = frame(PRODUCE, 100_000);
        assertThat(assembler.next(bytes.readSlice(20_000))).isNull();
        mayTake = false;
        ByteBuf rest = bytes.readSlice(80_004);
        assertThat(assembler.next(rest)).isNull();
        assertThat(rest.isReadable()).isTrue();
        mayTake = true;
        assertThat(assembler.next(rest)).isNotNull().extracting(ByteBuffer::remaining).isEqualTo(100_000);
        mayTake = false;
        ByteBuf other = frame(FETCH, 10);
        assertThat(assembler.next(other)).isNull();
        mayTake = true;
        assertThat(assembler.next(other)).isNotNull().extracting(frame -> frame.get(9)).isEqualTo((byte) 9);
    }
}
