package io.tributary.protocol.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import io.tributary.core.TestBroker;
import java.io.IOException;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** What the conformance tests run against: our own server, or with {@code -Damqp.port} (and {@code -Damqp.host}) any other. */
final class AmqpServer implements AutoCloseable {
    private final @Nullable TestBroker broker;
    private final String host;
    private final int port;

    private AmqpServer(@Nullable TestBroker broker, String host, int port) {
        this.broker = broker;
        this.host = host;
        this.port = port;
    }

    static AmqpServer start() {
        Integer foreign = Integer.getInteger("amqp.port");
        if (foreign != null) {
            return new AmqpServer(null, System.getProperty("amqp.host", "127.0.0.1"), foreign);
        }
        TestBroker broker = TestBroker.start();
        return new AmqpServer(broker, "127.0.0.1", broker.serveAlways(() -> new AmqpProtocol(AmqpConfig.DEFAULT)));
    }

    /** As {@code kill -9} and another start; only of ours. */
    void kill() {
        Objects.requireNonNull(broker).kill();
    }

    boolean isOurs() {
        return broker != null;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    ConnectionFactory factory() {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(host);
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    Connection connect() throws IOException, TimeoutException {
        return factory().newConnection();
    }

    static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID();
    }

    /** The reply code with which the call ended its channel or connection; 0 if it did not. */
    static int replyCode(ThrowingCallable call) {
        try {
            call.call();
            return 0;
        } catch (AlreadyClosedException closed) {
            return code(closed);
        } catch (IOException failure) {
            if (failure.getCause() instanceof ShutdownSignalException signal) {
                return code(signal);
            }
            throw new AssertionError(failure);
        } catch (Throwable other) {
            throw new AssertionError(other);
        }
    }

    static int code(ShutdownSignalException signal) {
        Object reason = signal.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return close.getReplyCode();
        }
        return reason instanceof AMQP.Connection.Close close ? close.getReplyCode() : -1;
    }

    /** The reply code with which the server ended the channel without having been asked anything. */
    static int replyCodeOfClose(Channel channel) {
        Awaitility.await().until(() -> !channel.isOpen());
        ShutdownSignalException reason = channel.getCloseReason();
        return reason == null ? 0 : code(reason);
    }

    @Override
    public void close() {
        if (broker != null) {
            broker.close();
        }
    }
}
