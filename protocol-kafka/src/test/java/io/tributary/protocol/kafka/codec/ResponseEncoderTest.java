package io.tributary.protocol.kafka.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.FileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseEncoderTest {
    private static final byte[] STORED = "0123456789abcdefghij".getBytes(UTF_8);
    @TempDir
    private Path directory;
    private FileChannel file;

    @BeforeEach
    void open() throws IOException {
        Path path = directory.resolve("segment");
        Files.write(path, STORED);
        file = FileChannel.open(path, StandardOpenOption.READ);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    private static RequestContext request(short version) {
        return new RequestContext(new RequestHeader(ApiKeys.FETCH, version, "c", 42), "1", InetAddress.getLoopbackAddress(),
            KafkaPrincipal.ANONYMOUS, ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT), SecurityProtocol.PLAINTEXT,
            ClientInformation.EMPTY, false);
    }

    private FetchResponseData response() {
        StoredRecords first = new StoredRecords(List.of(new StoredRecords.InFile(file, 4, 10),
            new StoredRecords.InMemory(ByteBuffer.wrap("MEMORY".getBytes(UTF_8)))));
        StoredRecords second = new StoredRecords(List.of(new StoredRecords.InFile(file, 0, 3)));
        return new FetchResponseData().setResponses(List.of(new FetchableTopicResponse().setTopic("t").setPartitions(List.of(
            new PartitionData().setPartitionIndex(0).setHighWatermark(7).setRecords(first),
            new PartitionData().setPartitionIndex(1).setRecords(StoredRecords.EMPTY),
            new PartitionData().setPartitionIndex(2).setRecords(second)))));
    }

    private static byte[] bytes(List<Object> parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof ByteBuf buffer) {
                buffer.getBytes(buffer.readerIndex(), out, buffer.readableBytes());
            } else if (part instanceof FileRegion region) {
                region.transferTo(Channels.newChannel(out), 0);
            }
            ReferenceCountUtil.release(part);
        }
        return out.toByteArray();
    }

    private static void assertIsTheResponse(byte[] bytes, short version) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        assertThat(in.getInt()).isEqualTo(bytes.length - 4);
        assertThat(ResponseHeader.parse(in, ApiKeys.FETCH.responseHeaderVersion(version)).correlationId()).isEqualTo(42);
        FetchResponseData read = new FetchResponseData(new ByteBufferAccessor(in), version);
        assertThat(in.hasRemaining()).isFalse();
        List<PartitionData> partitions = read.responses().get(0).partitions();
        assertThat(partitions.get(0).highWatermark()).isEqualTo(7);
        assertThat(text(partitions.get(0))).isEqualTo("456789abcdMEMORY");
        assertThat(text(partitions.get(1))).isEmpty();
        assertThat(text(partitions.get(2))).isEqualTo("012");
    }

    private static String text(PartitionData data) {
        return UTF_8.decode(((MemoryRecords) data.records()).buffer()).toString();
    }

    @ParameterizedTest
    @ValueSource(shorts = {4, 11, 12, 18})
    void recordsAreSentFromWhereTheyAreAndTheFileStaysOpen(short version) throws IOException {
        List<Object> parts = new ResponseEncoder(UnpooledByteBufAllocator.DEFAULT, true).encode(request(version), response());
        assertThat(parts).hasAtLeastOneElementOfType(FileRegion.class);
        assertIsTheResponse(bytes(parts), version);
        assertThat(file.isOpen()).isTrue();
    }

    @Test
    void withoutSendfileTheSameBytesComeInChunks() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChunkedWriteHandler());
        for (Object part : new ResponseEncoder(UnpooledByteBufAllocator.DEFAULT, false).encode(request((short) 12), response())) {
            channel.writeOutbound(part);
        }
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        assertIsTheResponse(bytes, (short) 12);
        assertThat(file.isOpen()).isTrue();
    }
}
