package io.tributary.protocol.mqtt.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class TranslationPropertyTest {
    @Property(tries = 300)
    void userPropertiesReturnAsTheyCame(@ForAll("names") List<String> names, @ForAll("texts") String value) {
        MqttProperties sent = new MqttProperties();
        List<String> expected = new ArrayList<>();
        for (String name : names) {
            sent.add(new MqttProperties.UserProperty(name, value));
            expected.add(name + "=" + value);
        }
        assertThat(userProperties(outbound(InboundTranslation.headers(sent, 1, false)))).isEqualTo(expected);
    }

    @Property(tries = 300)
    void headersOfAnyBytesReturnThroughMqtt(@ForAll @Size(max = 40) byte[] value, @ForAll("plainNames") String name) {
        MqttProperties delivered = outbound(Headers.builder().add(name, value).build());
        Headers back = InboundTranslation.headers(delivered, 1, false);
        Header header = back.last(name);
        assertThat(header).isNotNull();
        assertThat(header.value()).isEqualTo(value);
    }

    private static MqttProperties outbound(Headers headers) {
        return OutboundTranslation.properties(new Record(0, 0, null, null, headers), OutboundTranslation.NEVER, List.of());
    }

    private static List<String> userProperties(MqttProperties properties) {
        List<String> found = new ArrayList<>();
        for (MqttProperties.MqttProperty<?> property : properties.getProperties(MqttProperties.USER_PROPERTY)) {
            if (property.value() instanceof MqttProperties.StringPair pair) {
                found.add(pair.key + "=" + pair.value);
            }
        }
        return found;
    }

    @Provide
    Arbitrary<List<String>> names() {
        return Arbitraries.of("a", "content-type", "correlation-id", "mqtt.qos", "header:a", "header:mqtt.x", "amqp.type", "b;base64",
            "ключ", "").list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<String> plainNames() {
        return Arbitraries.of("a", "x-trace", "ключ");
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("", "text", "AAEC/w==", "AAEC", "ünï", "=");
    }

    @Example
    void aKeyThatIsNoTopicNameIsDeliveredUnderItsTopic() {
        TopicName topic = TopicName.of("t");
        Map<byte[], String> paths = Map.of("a/b".getBytes(StandardCharsets.UTF_8), "t/a/b", "a/+".getBytes(StandardCharsets.UTF_8), "t",
            new byte[] {'a', 0}, "t", new byte[] {(byte) 0xC0}, "t", "x".repeat(65_535).getBytes(StandardCharsets.UTF_8), "t",
            new byte[0], "t/");
        paths.forEach((key, path) -> assertThat(OutboundTranslation.path(topic, key)).isEqualTo(path));
        assertThat(OutboundTranslation.path(topic, null)).isEqualTo("t");
        assertThat(OutboundTranslation.path(TopicName.of("mqtt"), "/a".getBytes(StandardCharsets.UTF_8))).isEqualTo("/a");
        assertThat(OutboundTranslation.path(TopicName.of("mqtt"), new byte[0])).isEqualTo("mqtt");
    }

    @Example
    void expirationCountsDownAndRoundsUp() {
        Headers headers = Headers.of(Header.of(HeaderNames.EXPIRATION, "5000"));
        assertThat(OutboundTranslation.timeToLive(1000, headers, 3500)).isEqualTo(2500);
        MqttProperties properties = OutboundTranslation.properties(new Record(0, 1000, null, null, headers), 2500, List.of());
        assertThat(InboundTranslation.unsigned(properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL, 0)).isEqualTo(3);
        Headers noNumber = Headers.of(Header.of(HeaderNames.EXPIRATION, "soon"));
        assertThat(OutboundTranslation.timeToLive(0, noNumber, 9)).isEqualTo(OutboundTranslation.NEVER);
    }
}
