package io.tributary.protocol.mqtt;

import io.tributary.core.TestBroker;
import java.nio.file.Path;

/** Serves MQTT alone on a directory, for clients that are run by hand; prints the port. */
final class MqttServerMain {
    private MqttServerMain() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (TestBroker broker = TestBroker.start(Path.of(arguments[0]))) {
            System.out.println("port " + broker.serve(new MqttProtocol(MqttConfig.DEFAULT)));
            Thread.currentThread().join();
        }
    }
}
