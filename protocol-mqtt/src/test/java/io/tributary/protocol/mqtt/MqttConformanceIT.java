package io.tributary.protocol.mqtt;

import static io.tributary.protocol.mqtt.RawClient.body;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.protocol.mqtt.RawClient.Packet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the specification demands, packet by packet. Runs against any server: see {@link Server}. */
class MqttConformanceIT {
    /**
     * Mosquitto 2.0.11 does not do what the specification says: it ends a connection that is taken over without a DISCONNECT, and goes on
     * publishing as retained to a subscription that was made again without that option.
     */
    private static final String MOSQUITTO_DIFFERS = "mosquitto-differs";
    private static final int QOS1 = 0x02;
    private static final int QOS2 = 0x04;
    private static final int DUP = 0x08;
    private static final int RETAIN = 0x01;
    private static final int PUBLISH = 3;
    private static final int PUBACK = 4;
    private static final int PUBREC = 5;
    private static final int PUBREL = 6;
    private static final int SUBACK = 9;
    private static final int DISCONNECT = 14;
    private static final byte[] NONE = {};
    private static final byte[] EXPIRY_60 = {0x11, 0, 0, 0, 60};

    private static Server server;

    @BeforeAll
    static void start() {
        server = new Server(MqttConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @Spec({"MQTT-3.2.2-2", "MQTT-3.2.2-3", "MQTT-3.1.2-4", "MQTT-3.1.2-6"})
    void tellsWhetherASessionIsPresent() throws IOException {
        try (RawClient first = server.raw()) {
            assertThat(first.connect311("present", true, 0)).containsExactly(0, 0);
            first.send(0xE0, body());
        }
        try (RawClient second = server.raw()) {
            assertThat(second.connect311("present", false, 0)).containsExactly(0, 0);
            second.send(0xE0, body());
            second.readToEnd();
        }
        try (RawClient third = server.raw()) {
            assertThat(third.connect311("present", false, 0)).containsExactly(1, 0);
            third.send(0xE0, body());
            third.readToEnd();
        }
        try (RawClient fourth = server.raw()) {
            assertThat(fourth.connect311("present", true, 0)).containsExactly(0, 0);
        }
    }

    @Test
    @Spec({"MQTT-4.3.3-10", "MQTT-4.3.3-8", "MQTT-4.3.3-11"})
    void storesAQos2MessageOncePerPacketIdentifierOverAReconnect() throws IOException {
        try (RawClient subscriber = server.raw()) {
            subscriber.connect311("once-sub", true, 0);
            subscriber.subscribe311(1, "once/#", 2);
            try (RawClient publisher = server.raw()) {
                publisher.connect311("once-pub", false, 0);
                publisher.publish311(QOS2, "once/a", 7, "one");
                assertThat(publisher.read().first()).isEqualTo(0x50);
                publisher.publish311(QOS2 | DUP, "once/a", 7, "one");
                assertThat(publisher.read().id()).isEqualTo(7);
                publisher.drop();
            }
            try (RawClient publisher = server.raw()) {
                assertThat(publisher.connect311("once-pub", false, 0)[0]).isEqualTo((byte) 1);
                publisher.publish311(QOS2 | DUP, "once/a", 7, "one");
                assertThat(publisher.read().type()).isEqualTo(PUBREC);
                publisher.ack(0x62, 7);
                assertThat(publisher.read().first()).isEqualTo(0x70);
                publisher.publish311(QOS2, "once/a", 7, "two");
                assertThat(publisher.read().type()).isEqualTo(PUBREC);
                publisher.ack(0x62, 7);
                publisher.read();
            }
            List<String> payloads = new ArrayList<>();
            for (int completed = 0; completed < 2; ) {
                Packet packet = subscriber.read();
                if (packet.type() == PUBLISH) {
                    payloads.add(packet.payload311());
                    subscriber.ack(0x50, packet.publishId());
                } else {
                    assertThat(packet.type()).isEqualTo(PUBREL);
                    subscriber.ack(0x70, packet.id());
                    completed++;
                }
            }
            assertThat(payloads).containsExactly("one", "two");
        }
    }

    @Test
    @Spec({"MQTT-4.4.0-1", "MQTT-3.3.1-1"})
    void sendsAgainWhatWasNotAcknowledgedWithItsIdentifierAndDup() throws IOException {
        int id;
        try (RawClient subscriber = server.raw()) {
            subscriber.connect311("again", false, 0);
            subscriber.subscribe311(1, "again/+", 1);
            subscriber.publish311(QOS1, "again/x", 9, "m");
            Packet publish = subscriber.read();
            publish = publish.type() == PUBLISH ? publish : subscriber.read();
            assertThat(publish.first()).isEqualTo(0x32);
            id = publish.publishId();
            subscriber.drop();
        }
        try (RawClient subscriber = server.raw()) {
            subscriber.connect311("again", false, 0);
            Packet publish = subscriber.read();
            assertThat(publish.first()).isEqualTo(0x3A);
            assertThat(publish.publishId()).isEqualTo(id);
            subscriber.ack(0x40, id);
            subscriber.send(0xE0, body());
        }
    }

    @Test
    @Spec("MQTT-4.4.0-1")
    void sendsPubrelAgainAndNotTheMessageAfterPubrec() throws IOException {
        int id;
        try (RawClient subscriber = server.raw()) {
            subscriber.connect311("release", false, 0);
            subscriber.subscribe311(1, "release/+", 2);
            try (RawClient publisher = server.raw()) {
                publisher.connect311("", true, 0);
                publisher.publish311(QOS2, "release/x", 9, "m");
                publisher.read();
                // A server may keep the message back until here.
                publisher.ack(0x62, 9);
                publisher.read();
            }
            Packet publish = subscriber.read();
            id = publish.publishId();
            subscriber.ack(0x50, id);
            assertThat(subscriber.read().type()).isEqualTo(PUBREL);
            subscriber.drop();
        }
        try (RawClient subscriber = server.raw()) {
            subscriber.connect311("release", false, 0);
            Packet release = subscriber.read();
            assertThat(release.first()).isEqualTo(0x62);
            assertThat(release.id()).isEqualTo(id);
            subscriber.ack(0x70, id);
            subscriber.publish311(QOS1, "release/y", 3, "next");
            List<Integer> types = new ArrayList<>();
            types.add(subscriber.read().type());
            types.add(subscriber.read().type());
            assertThat(types).containsExactlyInAnyOrder(4, PUBLISH);
        }
    }

    @Test
    @Tag(MOSQUITTO_DIFFERS)
    @Spec("MQTT-3.1.4-3")
    void takesASessionOver() throws IOException {
        try (RawClient first = server.raw(); RawClient second = server.raw()) {
            first.connect5("taken", true, EXPIRY_60);
            assertThat(second.connect5("taken", false, EXPIRY_60)[0]).isEqualTo((byte) 1);
            Packet last = first.readToEnd();
            assertThat(last).isNotNull();
            assertThat(last.type()).isEqualTo(DISCONNECT);
            assertThat(last.body()[0]).isEqualTo((byte) 0x8E);
        }
    }

    @Test
    @Spec({"MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-8"})
    void retainsTheLastMessageAndForgetsItForAnEmptyOne() throws IOException {
        try (RawClient publisher = server.raw()) {
            publisher.connect311("", true, 0);
            publisher.publish311(QOS1 | RETAIN, "kept/a/b", 1, "old");
            publisher.read();
            publisher.publish311(QOS1 | RETAIN, "kept/a/b", 2, "new");
            publisher.read();
            publisher.publish311(QOS1 | RETAIN, "kept", 3, "root");
            publisher.read();
            try (RawClient subscriber = server.raw()) {
                subscriber.connect311("", true, 0);
                subscriber.subscribe311(1, "kept/+/b", 1);
                Packet retained = subscriber.read();
                assertThat(retained.first()).isEqualTo(0x33);
                assertThat(retained.payload311()).isEqualTo("new");
            }
            try (RawClient subscriber = server.raw()) {
                subscriber.connect311("", true, 0);
                subscriber.subscribe311(1, "kept/#", 0);
                List<String> payloads = List.of(subscriber.read().payload311(), subscriber.read().payload311());
                assertThat(payloads).containsExactlyInAnyOrder("new", "root");
            }
            publisher.publish311(QOS1 | RETAIN, "kept/a/b", 4, "");
            publisher.read();
            publisher.publish311(QOS1 | RETAIN, "kept", 5, "");
            publisher.read();
            try (RawClient subscriber = server.raw()) {
                subscriber.connect311("", true, 0);
                subscriber.subscribe311(1, "kept/#", 1);
                publisher.publish311(QOS1, "kept/z", 6, "live");
                Packet first = subscriber.read();
                assertThat(first.payload311()).isEqualTo("live");
                assertThat(first.first()).isEqualTo(0x32);
            }
        }
    }

    @Test
    @Tag(MOSQUITTO_DIFFERS)
    @Spec({"MQTT-3.3.1-9", "MQTT-3.3.1-10", "MQTT-3.3.1-11", "MQTT-3.3.1-12", "MQTT-3.3.1-13"})
    void handlesRetainedMessagesAsTheSubscriptionAsks() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("", true, NONE);
            client.send(0x33, body().text("handling/x").u16(1).u8(0).raw(new byte[] {'r'}));
            assertThat(client.read().type()).isEqualTo(4);
            // Retain handling 2: nothing. As published: the flag stays on what comes live.
            client.send(0x82, body().u16(2).u8(0).text("handling/x").u8(1 | 2 << 4 | 0x08));
            assertThat(client.read().type()).isEqualTo(9);
            client.send(0x33, body().text("handling/x").u16(3).u8(0).raw(new byte[] {'l'}));
            Packet live = next(client, PUBLISH);
            assertThat(live.first()).isEqualTo(0x33);
            assertThat(live.body()[live.body().length - 1]).isEqualTo((byte) 'l');
            client.ack(0x40, live.publishId());
            // Retain handling 1 on a subscription that is there: nothing; 0: again.
            client.send(0x82, body().u16(4).u8(0).text("handling/x").u8(1 | 1 << 4));
            next(client, SUBACK);
            client.send(0x82, body().u16(5).u8(0).text("handling/x").u8(1));
            next(client, SUBACK);
            Packet again = next(client, PUBLISH);
            assertThat(again.first()).isEqualTo(0x33);
            client.ack(0x40, again.publishId());
            client.send(0x33, body().text("handling/x").u16(6).u8(0));
            Packet cleared = next(client, PUBLISH);
            assertThat(cleared.first()).isEqualTo(0x32);
        }
    }

    /** The next packet of the type, PUBACK passed over: a message may come before or after the answer to another. */
    private static Packet next(RawClient client, int type) throws IOException {
        Packet packet = client.read();
        while (packet.type() != type) {
            assertThat(packet.type()).isEqualTo(PUBACK);
            packet = client.read();
        }
        return packet;
    }

    @Test
    @Spec({"MQTT-3.1.2-8", "MQTT-3.1.2-10", "MQTT-3.14.4-3"})
    void sendsTheWillUnlessTheClientSaysGoodbye() throws IOException {
        try (RawClient watcher = server.raw()) {
            watcher.connect311("", true, 0);
            watcher.subscribe311(1, "will/#", 1);
            try (RawClient quiet = server.raw()) {
                connectWithWill(quiet, "quiet");
                quiet.send(0xE0, body());
                quiet.readToEnd();
            }
            try (RawClient asking = server.raw()) {
                connectWithWill(asking, "asking");
                asking.send(0xE0, body().u8(0x04));
                asking.readToEnd();
            }
            Packet asked = watcher.read();
            assertThat(asked.topic()).isEqualTo("will/asking");
            watcher.ack(0x40, asked.publishId());
            try (RawClient lost = server.raw()) {
                connectWithWill(lost, "lost");
                lost.drop();
            }
            assertThat(watcher.read().topic()).isEqualTo("will/lost");
        }
    }

    private static void connectWithWill(RawClient client, String name) throws IOException {
        client.send(0x10, body().text("MQTT").u8(5).u8(0x02 | 0x04 | 0x08).u16(0).u8(0).text(name).u8(0).text("will/" + name).text("gone"));
        assertThat(client.read().body()[1]).isZero();
    }

    @Test
    @Spec({"MQTT-3.1.3-9", "MQTT-3.1.2-8"})
    void holdsAWillBackForItsDelayUnlessTheClientReturns() throws IOException {
        try (RawClient watcher = server.raw()) {
            watcher.connect311("", true, 0);
            watcher.subscribe311(1, "delayed/#", 0);
            try (RawClient returning = server.raw()) {
                connectWithDelayedWill(returning, "returning", 3600);
                returning.drop();
            }
            try (RawClient returned = server.raw()) {
                assertThat(returned.connect5("returning", false, EXPIRY_60)[0]).isEqualTo((byte) 1);
                returned.send(0xE0, body());
            }
            try (RawClient gone = server.raw()) {
                connectWithDelayedWill(gone, "gone", 1);
                gone.drop();
            }
            assertThat(watcher.read().topic()).isEqualTo("delayed/gone");
        }
    }

    private static void connectWithDelayedWill(RawClient client, String name, int seconds) throws IOException {
        client.send(0x10, body().text("MQTT").u8(5).u8(0x02 | 0x04).u16(0).u8(5).raw(EXPIRY_60).text(name)
            .u8(5).u8(0x18).u32(seconds).text("delayed/" + name).text("gone"));
        assertThat(client.read().body()[1]).isZero();
    }

    @Test
    @Spec({"MQTT-4.7.2-1", "MQTT-4.7.1-1", "MQTT-4.7.3-4"})
    void matchesWildcardsLevelByLevel() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect311("", true, 0);
            client.subscribe311(1, "wild/+/c", 0);
            client.subscribe311(2, "/wild/#", 0);
            client.publish311(0, "wild/b", 0, "no");
            client.publish311(0, "wild/b/d", 0, "no");
            client.publish311(0, "wild/b/c/d", 0, "no");
            client.publish311(0, "wild/b/c", 0, "yes");
            client.publish311(0, "wild//c", 0, "empty level");
            client.publish311(0, "/wild", 0, "parent");
            List<String> got = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                got.add(client.read().payload311());
            }
            assertThat(got).containsExactlyInAnyOrder("yes", "empty level", "parent");
        }
    }

    @Test
    @Spec({"MQTT-3.8.3-3", "MQTT-3.3.4-3"})
    void givesIdentifiersAndKeepsBackWhatTheClientSentItself() throws IOException {
        try (RawClient client = server.raw(); RawClient other = server.raw()) {
            client.connect5("local", true, NONE);
            other.connect5("", true, NONE);
            client.send(0x82, body().u16(1).u8(2).u8(0x0B).u8(42).text("local/#").u8(0x04));
            assertThat(client.read().type()).isEqualTo(9);
            client.send(0x32, body().text("local/mine").u16(2).u8(0));
            assertThat(client.read().type()).isEqualTo(4);
            other.send(0x32, body().text("local/others").u16(2).u8(0));
            assertThat(other.read().type()).isEqualTo(4);
            Packet publish = client.read();
            assertThat(publish.topic()).isEqualTo("local/others");
            assertThat(publish.body()).endsWith(new byte[] {2, 0x0B, 42});
        }
    }

    @Test
    @Spec({"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
    void countsTheMessageExpiryDownAndDropsWhatHasExpired() throws Exception {
        try (RawClient sleeper = server.raw()) {
            sleeper.connect5("sleeper", true, EXPIRY_60);
            sleeper.send(0x82, body().u16(1).u8(0).text("expiry/#").u8(1));
            sleeper.read();
            sleeper.send(0xE0, body());
            sleeper.readToEnd();
        }
        try (RawClient publisher = server.raw()) {
            publisher.connect5("", true, NONE);
            publisher.send(0x32, body().text("expiry/short").u16(1).u8(5).u8(2).u32(1));
            publisher.read();
            publisher.send(0x32, body().text("expiry/long").u16(2).u8(5).u8(2).u32(100));
            publisher.read();
        }
        // The passing of time itself is what is tested.
        Thread.sleep(2500);
        try (RawClient sleeper = server.raw()) {
            sleeper.connect5("sleeper", false, NONE);
            Packet publish = sleeper.read();
            assertThat(publish.topic()).isEqualTo("expiry/long");
            int at = 2 + "expiry/long".length() + 2;
            assertThat(publish.body()[at]).isEqualTo((byte) 5);
            assertThat(publish.body()[at + 1]).isEqualTo((byte) 2);
            assertThat(publish.u16(at + 4)).isBetween(1, 99);
        }
    }

    @Test
    @Spec({"MQTT-3.3.2-8", "MQTT-3.3.2-12"})
    void knowsTheClientsTopicAliases() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("", true, NONE);
            client.send(0x82, body().u16(1).u8(0).text("alias/#").u8(0));
            client.read();
            client.send(0x30, body().text("alias/x").u8(3).u8(0x23).u16(1).raw(new byte[] {'1'}));
            client.send(0x30, body().text("").u8(3).u8(0x23).u16(1).raw(new byte[] {'2'}));
            assertThat(client.read().topic()).isEqualTo("alias/x");
            assertThat(client.read().topic()).isEqualTo("alias/x");
            client.send(0x30, body().text("").u8(3).u8(0x23).u16(2));
            Packet last = client.readToEnd();
            assertThat(last).isNotNull();
            assertThat(last.type()).isEqualTo(DISCONNECT);
        }
    }

    @Test
    @Spec({"MQTT-3.3.4-7", "MQTT-4.9.0-2"})
    void hasNoMoreUnderWayThanTheClientsReceiveMaximum() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("", true, new byte[] {0x21, 0, 2});
            client.send(0x82, body().u16(1).u8(0).text("quota/#").u8(1));
            client.read();
            try (RawClient publisher = server.raw()) {
                publisher.connect311("", true, 0);
                for (int i = 1; i <= 3; i++) {
                    publisher.publish311(QOS1, "quota/x", i, "m" + i);
                    publisher.read();
                }
            }
            Packet first = client.read();
            Packet second = client.read();
            assertThat(client.readWithin(300)).isNull();
            client.ack(0x40, second.publishId());
            assertThat(client.read().type()).isEqualTo(PUBLISH);
            client.ack(0x40, first.publishId());
        }
    }

    @Test
    @Spec({"MQTT-4.8.2-4", "MQTT-4.8.2-3"})
    void givesEachMessageToOneMemberOfAGroup() throws IOException {
        try (RawClient one = server.raw(); RawClient two = server.raw(); RawClient publisher = server.raw()) {
            for (RawClient member : List.of(one, two)) {
                member.connect5("", true, new byte[] {0x21, 0, 4});
                member.send(0x82, body().u16(1).u8(0).text("$share/group/shared/#").u8(1));
                assertThat(member.read().body()).endsWith(new byte[] {1});
            }
            publisher.connect311("", true, 0);
            for (int i = 1; i <= 8; i++) {
                publisher.publish311(QOS1, "shared/x", i, "m" + i);
                publisher.read();
            }
            for (RawClient member : List.of(one, two)) {
                for (int i = 0; i < 4; i++) {
                    assertThat(member.read().type()).isEqualTo(PUBLISH);
                }
                assertThat(member.readWithin(200)).isNull();
            }
        }
    }

    @Test
    @Spec("MQTT-3.1.2-22")
    void endsAConnectionThatIsSilentForOneAndAHalfKeepAlives() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect311("", true, 1);
            assertThat(client.readToEnd()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    @Spec("MQTT-3.1.2-1")
    void speaksThreeVersions(int level) throws IOException {
        try (RawClient client = server.raw()) {
            RawClient.Body connect = body().text(level == 3 ? "MQIsdp" : "MQTT").u8(level).u8(2).u16(0);
            client.send(0x10, (level == 5 ? connect.u8(0) : connect).text("version" + level));
            assertThat(client.read().body()).startsWith(0, 0);
            client.send(0xC0, body());
            assertThat(client.read().first()).isEqualTo(0xD0);
        }
    }

    @Test
    @Spec("MQTT-3.1.2-2 (3.1.1)")
    void refusesAnUnknownVersion() throws IOException {
        try (RawClient client = server.raw()) {
            client.send(0x10, body().text("MQTT").u8(6).u8(2).u16(0).text("x"));
            assertThat(client.readToEnd()).isNotNull().satisfies(ack -> assertThat(ack.type()).isEqualTo(2));
        }
    }
}
