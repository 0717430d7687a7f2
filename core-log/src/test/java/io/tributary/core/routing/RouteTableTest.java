package io.tributary.core.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final TopicName TOPIC = TopicName.of("t");
    private static final TopicName OTHER = TopicName.of("o");

    private final RouteTable table = new RouteTable();

    private static SubscriptionName name(String name) {
        return new SubscriptionName(Namespace.DEFAULT, name);
    }

    private static Binding exact(TopicName topic, String subject) {
        return new Binding(topic, new Filter.ExactSubject(subject));
    }

    private static Binding address(String pattern) {
        return new Binding(null, new Filter.MatchingAddress(SubjectPattern.parse(pattern, '/', "+", "#")));
    }

    private int routes(TopicName topic, String subject) {
        return table.routes(topic, new Record(0, 0, subject.getBytes(UTF_8), null, Headers.EMPTY));
    }

    @Test
    void countsASubscriptionOnceHoweverManyOfItsBindingsTakeTheRecord() {
        table.replace(name("s"), List.of(exact(TOPIC, "a"), new Binding(TOPIC, new Filter.All()), address("#"), address("t/+")));
        table.replace(name("u"), List.of(exact(TOPIC, "a")));
        assertThat(routes(TOPIC, "a")).isEqualTo(2);
        assertThat(routes(TOPIC, "b")).isEqualTo(1);
        assertThat(routes(OTHER, "a")).isEqualTo(1);
    }

    @Test
    void countsASubscriptionThatIsBoundOnceToEachOfSeveralTopics() {
        table.replace(name("s"), List.of(exact(TOPIC, "a"), exact(OTHER, "b")));
        table.replace(name("u"), List.of(address("+/a")));
        assertThat(routes(TOPIC, "a")).isEqualTo(2);
        assertThat(routes(OTHER, "b")).isEqualTo(1);
        assertThat(routes(OTHER, "a")).isEqualTo(1);
    }

    @Test
    void replacingEndsWhatIsNoLongerBound() {
        table.replace(name("s"), List.of(exact(TOPIC, "a"), address("#")));
        table.replace(name("s"), List.of(exact(TOPIC, "b")));
        assertThat(routes(TOPIC, "a")).isZero();
        assertThat(routes(TOPIC, "b")).isEqualTo(1);
        assertThat(routes(OTHER, "b")).isZero();
        table.replace(name("s"), List.of());
        assertThat(routes(TOPIC, "b")).isZero();
    }

    @Test
    void bindingsToAllTopicsTakeNothingInternalAndNothingOfAnotherNamespace() {
        table.replace(name("s"), List.of(address("#")));
        assertThat(routes(TopicName.of("__state"), "a")).isZero();
        assertThat(routes(new TopicName(new Namespace("tenant"), "t"), "a")).isZero();
        assertThat(routes(TOPIC, "a")).isEqualTo(1);
    }
}
