package io.tributary.protocol.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** A connection on which a test says exactly what it wants to. */
final class RawKafka implements AutoCloseable {
    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;
    private int correlation;

    RawKafka(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) KafkaFixture.PATIENCE.toMillis());
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
    }

    /** Sends a request and returns its response, which must be of the type. */
    <R extends AbstractResponse> R ask(Class<R> type, ApiKeys api, int version, ApiMessage body) throws IOException {
        RequestHeader header = sendRequest(api, version, body);
        return type.cast(AbstractResponse.parseResponse(ByteBuffer.wrap(receive()), header));
    }

    /** Sends a request, whose response comes with {@link #receive}. */
    RequestHeader sendRequest(ApiKeys api, int version, ApiMessage body) throws IOException {
        RequestHeader header = new RequestHeader(api, (short) version, "raw", ++correlation);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion()).buffer();
        ByteBuffer tail = MessageUtil.toByteBufferAccessor(body, (short) version).buffer();
        out.writeInt(head.remaining() + tail.remaining());
        out.write(head.array(), head.arrayOffset() + head.position(), head.remaining());
        out.write(tail.array(), tail.arrayOffset() + tail.position(), tail.remaining());
        out.flush();
        return header;
    }

    /** Sends bytes behind their size. */
    void send(byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
    }

    /** Sends a size and nothing else. */
    void sendSize(int size) throws IOException {
        out.writeInt(size);
        out.flush();
    }

    /** The bytes behind the next size. */
    byte[] receive() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    /** Whether the broker closes the connection, and says nothing before. */
    boolean ends() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
