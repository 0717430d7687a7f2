package io.tributary.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AddressTest {
    @Test
    void dividesAPathIntoTopicAndSubject() {
        assertThat(Address.parse(Namespace.DEFAULT, "sensors/7/temp")).isEqualTo(new Address(TopicName.of("sensors"), "7/temp"));
        assertThat(Address.parse(Namespace.DEFAULT, "sensors")).isEqualTo(new Address(TopicName.of("sensors"), null));
        assertThat(Address.parse(Namespace.DEFAULT, "sensors/")).isEqualTo(new Address(TopicName.of("sensors"), ""));
    }

    @Test
    void keepsAPathThatBeginsWithNoTopicsNameWhole() {
        for (String path : new String[] {"/a/b", "a b/c", "$x/y", "mqtt/a", "mqtt", "__offsets/a", "../a", "ü/1", ""}) {
            Address address = Address.parse(Namespace.DEFAULT, path);
            assertThat(address).isEqualTo(new Address(TopicName.of("mqtt"), path));
            assertThat(address.path()).isEqualTo(path);
        }
    }

    @Test
    void namesTheTopicAloneWhenTheKeyIsNoText() {
        assertThat(Address.path(TopicName.of("t"), (byte[]) null)).isEqualTo("t");
        assertThat(Address.path(TopicName.of("t"), new byte[] {(byte) 0xFF, 1})).isEqualTo("t");
        assertThat(Address.path(TopicName.of("t"), "a/ü".getBytes(StandardCharsets.UTF_8))).isEqualTo("t/a/ü");
    }

    @Test
    void aWildcardIsNotEqualToALiteralThatReadsTheSame() {
        SubjectPattern wildcard = SubjectPattern.parse("a/+", '/', "+", "#");
        SubjectPattern literal = SubjectPattern.parse("a/*", '/', "+", "#");
        assertThat(wildcard).isNotEqualTo(literal).isEqualTo(SubjectPattern.parse("a/+", '/', "+", "#"));
    }
}
