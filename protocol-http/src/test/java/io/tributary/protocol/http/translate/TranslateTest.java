package io.tributary.protocol.http.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.codec.SubscriptionJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

class TranslateTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeHasAnErrorStatusATitleAndAType(ErrorCode code) {
        HttpStatus status = ErrorMapping.status(code);
        assertThat(status.isError()).isTrue();
        assertThat(ErrorMapping.title(code.name())).matches("[A-Z][a-z ]+");
        assertThat(ErrorMapping.type(code.name())).matches("urn:tributary:problem:[a-z-]+");
    }

    @Test
    void onlyWhatIsNotTheClientsFaultIsAServerError() {
        assertThat(List.of(ErrorCode.values()).stream().filter(code -> ErrorMapping.status(code).is5xxServerError()))
            .containsExactlyInAnyOrder(ErrorCode.NOT_SUPPORTED, ErrorCode.STORAGE_FAILURE, ErrorCode.CLOSED, ErrorCode.INTERNAL);
    }

    private static Duration span(@Nullable String text) {
        return TimeText.span("wait", text, Duration.ofSeconds(7), Duration.ZERO, Duration.ofDays(10));
    }

    @Test
    void readsSpansOfTime() {
        assertThat(span(null)).isEqualTo(Duration.ofSeconds(7));
        assertThat(span("0")).isEqualTo(Duration.ZERO);
        assertThat(span("1500")).isEqualTo(Duration.ofMillis(1500));
        assertThat(span("5s")).isEqualTo(Duration.ofSeconds(5));
        assertThat(span("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(span("3h")).isEqualTo(Duration.ofHours(3));
        assertThat(span("10d")).isEqualTo(Duration.ofDays(10));
        for (String wrong : List.of("", "s", "-1s", "1.5s", "5 s", "11d", "999999999999999d", "9999999999999999999")) {
            assertThatThrownBy(() -> span(wrong)).isInstanceOf(BrokerException.class);
        }
        for (String text : List.of("0ms", "1ms", "1500ms", "5s", "2m", "25h", "7d")) {
            assertThat(TimeText.write(span(text))).isEqualTo(text);
        }
    }

    @Test
    void readsPointsOfTime() {
        assertThat(TimeText.instantMs("from", "1700000000000")).isEqualTo(1_700_000_000_000L);
        assertThat(TimeText.instantMs("from", "2023-11-14T22:13:20Z")).isEqualTo(1_700_000_000_000L);
        assertThat(TimeText.instantMs("from", "2023-11-14T23:13:20+01:00")).isEqualTo(1_700_000_000_000L);
        for (String wrong : List.of("", "now", "-5", "2023-11-14", "+1000000000-12-31T23:59:59Z")) {
            assertThatThrownBy(() -> TimeText.instantMs("from", wrong)).isInstanceOf(BrokerException.class);
        }
    }

    @Test
    void headersInUtf8AreKeptByteForByte() {
        HttpHeaders request = new HttpHeaders();
        // How the server hands over header bytes: as ISO 8859-1.
        request.add("Header-Color", new String("grün".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        assertThat(RequestHeaders.toRecord(request)).isEqualTo(Headers.of(Header.of("color", "grün")));
    }

    @Test
    void positionsAreReadAsTheyAreWritten() {
        ReadFrom.Offsets offsets = ReadFrom.pairs("0:12,7:9223372036854775807", List.of(0, 3, 7), new ReadFrom.Earliest());
        assertThat(ReadFrom.write(offsets.byPartition())).isEqualTo("0:12,7:9223372036854775807");
        for (String wrong : List.of("", ":", "0", "0:", ":0", "0:-1", "1:0", "0:1,", "0:1;3:2", "0:99999999999999999999", "4294967296:1")) {
            assertThatThrownBy(() -> ReadFrom.pairs(wrong, List.of(0, 3, 7), new ReadFrom.Earliest())).isInstanceOf(BrokerException.class);
        }
    }

    @Test
    void bindingsAreReadAsTheyAreWritten() {
        TopicName topic = TopicName.of("t");
        Map<String, @Nullable String> headers = new HashMap<>();
        headers.put("a", "1");
        headers.put("b", null);
        List<Binding> bindings = List.of(new Binding(topic, new Filter.All()), new Binding(topic, new Filter.Unkeyed()),
            new Binding(topic, new Filter.ExactSubject("a/b")),
            new Binding(topic, new Filter.MatchingSubject(SubjectPattern.parse("a/+/#", '/', "+", "#"))),
            new Binding(topic, new Filter.MatchingSubject(SubjectPattern.parse("a.*.#", '.', "*", "#"))),
            new Binding(null, new Filter.MatchingAddress(SubjectPattern.parse("+/x/#", '/', "+", "#"))),
            new Binding(topic, new Filter.MatchingHeaders(true, headers)), new Binding(topic, new Filter.MatchingHeaders(false, headers)),
            new Binding(topic, new Filter.Tagged(Set.of("a", "b"))), new Binding(topic, Filter.Selected.of("a > 1 AND b = 'c'")));
        SubscriptionJson.Settings settings = new SubscriptionJson.Settings(null, null,
            List.copyOf(bindings.stream().map(BindingTranslation::toJson).toList()), null, null, null);
        SubscriptionJson.Settings read = Json.read(Json.write(settings), SubscriptionJson.Settings.class);
        assertThat(BindingTranslation.bindings(Namespace.DEFAULT, read)).isEqualTo(bindings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"tags\":[\"a\",\"b\"]}", "{\"tags\":\"a || b\"}", "{\"tags\":[\"b||a\",\"a\"]}"})
    void tagsAreAListOrAnExpression(String filter) {
        SubscriptionJson.Settings read = Json.read(("{\"topic\":\"t\",\"filter\":" + filter + "}").getBytes(StandardCharsets.UTF_8),
            SubscriptionJson.Settings.class);
        assertThat(BindingTranslation.bindings(Namespace.DEFAULT, read))
            .containsExactly(new Binding(TopicName.of("t"), new Filter.Tagged(Set.of("a", "b"))));
    }
}
