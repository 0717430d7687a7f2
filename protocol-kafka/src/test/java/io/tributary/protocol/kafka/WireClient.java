package io.tributary.protocol.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** Sends single requests in any version, each over a connection of its own, and reads the answers with Kafka's own classes. */
final class WireClient {
    private final int port;

    WireClient(int port) {
        this.port = port;
    }

    AbstractResponse exchange(ApiKeys api, int version, ApiMessage body) {
        RequestHeader header = new RequestHeader(api, (short) version, "test", 11);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion()).buffer();
        ByteBuffer tail = MessageUtil.toByteBufferAccessor(body, (short) version).buffer();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) KafkaFixture.PATIENCE.toMillis());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(head.remaining() + tail.remaining());
            out.write(head.array(), head.arrayOffset() + head.position(), head.remaining());
            out.write(tail.array(), tail.arrayOffset() + tail.position(), tail.remaining());
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] response = new byte[in.readInt()];
            in.readFully(response);
            return AbstractResponse.parseResponse(ByteBuffer.wrap(response), header);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
