package io.tributary.core.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
    private static final TopicName TOPIC = TopicName.of("orders");

    private static Record record(Headers headers) {
        return new Record(5, 1_000, "eu/new".getBytes(UTF_8), new byte[0], headers);
    }

    private static boolean takes(Filter filter, Headers headers) {
        return filter.matches(TOPIC, record(headers));
    }

    @Test
    void allOfNoHeadersTakesEveryRecordAndAnyOfNoneTakesNone() {
        assertThat(takes(new Filter.MatchingHeaders(true, Map.of()), Headers.EMPTY)).isTrue();
        assertThat(takes(new Filter.MatchingHeaders(false, Map.of()), Headers.of(Header.of("a", "1")))).isFalse();
    }

    @Test
    void theLastHeaderOfANameCountsAndPresenceNeedsNoValue() {
        Headers twice = Headers.builder().add("a", "1").add("a", "2").add("empty", (byte @Nullable []) null).build();
        assertThat(takes(new Filter.MatchingHeaders(true, Map.of("a", "2")), twice)).isTrue();
        assertThat(takes(new Filter.MatchingHeaders(true, Map.of("a", "1")), twice)).isFalse();
        Map<String, @Nullable String> present = new HashMap<>();
        present.put("empty", null);
        assertThat(takes(new Filter.MatchingHeaders(true, present), twice)).isTrue();
        assertThat(takes(new Filter.MatchingHeaders(false, present), Headers.EMPTY)).isFalse();
    }

    @Test
    void readsTagExpressions() {
        assertThat(Filter.Tagged.parse("a")).isEqualTo(new Filter.Tagged(Set.of("a")));
        assertThat(Filter.Tagged.parse(" a ||b|| c c ")).isEqualTo(new Filter.Tagged(Set.of("a", "b", "c c")));
        assertThat(Filter.Tagged.parse("a || *")).isEqualTo(new Filter.All());
        assertThat(Filter.Tagged.parse("a|b")).isEqualTo(new Filter.Tagged(Set.of("a|b")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a ||", "|| a", "a || || b", "||"})
    void refusesAnEmptyTag(String expression) {
        assertThatThrownBy(() -> Filter.Tagged.parse(expression)).isInstanceOfSatisfying(BrokerException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void takesRecordsByTheirTag() {
        Filter filter = new Filter.Tagged(Set.of("a", "b"));
        assertThat(takes(filter, Headers.of(Header.of(HeaderNames.TAG, "b")))).isTrue();
        assertThat(takes(filter, Headers.of(Header.of(HeaderNames.TAG, "c")))).isFalse();
        assertThat(takes(filter, Headers.EMPTY)).isFalse();
        assertThat(HeaderNames.escape(HeaderNames.TAG)).as("the same header in every protocol").isEqualTo(HeaderNames.TAG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$topic = 'orders'", "$subject = 'eu/new'", "$address LIKE 'orders/eu/%'", "$timestamp = 1000",
        "JMSTimestamp BETWEEN 999 AND 1001", "JMSMessageID = 'm-1'", "JMSCorrelationID LIKE 'c%'", "JMSPriority > 4", "JMSType = 'Order'",
        "JMSDeliveryMode = 'PERSISTENT'", "region = 'north'", "\"message-id\" = 'm-1'", "\"header:priority\" = 'high'",
        "JMSReplyTo IS NULL"})
    void selectorsSeeFieldsAndHeaders(String selector) {
        Headers headers = Headers.builder().add(HeaderNames.MESSAGE_ID, "m-1").add(HeaderNames.CORRELATION_ID, "c-1")
            .add(HeaderNames.PRIORITY, "7").add(HeaderNames.TYPE, "Order").add(HeaderNames.DELIVERY_MODE, "2").add("region", "north")
            .add(HeaderNames.escape("priority"), "high").build();
        assertThat(takes(Filter.Selected.of(selector), headers)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1, NON_PERSISTENT, true", "1, PERSISTENT, false", "3, PERSISTENT, false"})
    void knowsDeliveryModesByTheirNames(String header, String name, boolean takes) {
        Filter filter = Filter.Selected.of("JMSDeliveryMode = '" + name + "'");
        assertThat(takes(filter, Headers.of(Header.of(HeaderNames.DELIVERY_MODE, header)))).isEqualTo(takes);
    }

    @Test
    void aRecordWithoutAKeyHasNoSubject() {
        Record bare = new Record(0, 0, null, null, Headers.EMPTY);
        assertThat(Filter.Selected.of("$subject IS NULL AND JMSPriority IS NULL AND JMSDeliveryMode IS NULL").matches(TOPIC,
            bare)).isTrue();
    }

    @Test
    void refusesABadSelectorWithItsPlace() {
        assertThatThrownBy(() -> Filter.Selected.of("region = ")).isInstanceOfSatisfying(BrokerException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT)).hasMessageContaining("at character 10");
    }

    @Test
    void tellsTheHeadersThatASelectorRequires() {
        assertThat(Filter.Selected.of("JMSType = 'a' AND $topic = 't' AND JMSDeliveryMode = 'PERSISTENT' AND x IN ('1', '2')")
            .requiredHeaders()).isEqualTo(Map.of(HeaderNames.TYPE, Set.of("a"), "x", Set.of("1", "2")));
    }
}
