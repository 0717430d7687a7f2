package io.tributary.protocol.mqtt;

import io.tributary.core.TestBroker;
import org.jspecify.annotations.Nullable;

/**
 * The server under test: a broker in this process, or with the system properties {@code mqtt.host} and {@code mqtt.port} another one,
 * which the expectations can be checked against.
 */
final class Server implements AutoCloseable {
    private final @Nullable TestBroker broker;
    private final String host;
    private final int port;

    Server(MqttConfig config) {
        String foreign = System.getProperty("mqtt.host");
        if (foreign == null) {
            TestBroker own = TestBroker.start();
            broker = own;
            host = "127.0.0.1";
            port = own.serveAlways(() -> new MqttProtocol(config));
        } else {
            broker = null;
            host = foreign;
            port = Integer.getInteger("mqtt.port", 1883);
        }
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    RawClient raw() throws java.io.IOException {
        return new RawClient(host, port);
    }

    @Override
    public void close() {
        if (broker != null) {
            broker.close();
        }
    }
}
