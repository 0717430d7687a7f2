package io.tributary.core.subscription.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BindingCodecTest {
    private static final TopicName TOPIC = TopicName.of("t");

    static Stream<Filter> filters() {
        Map<String, @Nullable String> headers = new HashMap<>();
        headers.put("a", "1");
        headers.put("b", null);
        return Stream.of(new Filter.All(), new Filter.Unkeyed(), new Filter.ExactSubject("a/ü"),
            new Filter.MatchingSubject(SubjectPattern.parse("a.*.#", '.', "*", "#")),
            new Filter.MatchingAddress(SubjectPattern.parse("+/*/#", '/', "+", "#")),
            new Filter.MatchingHeaders(true, headers), new Filter.MatchingHeaders(false, Map.of()),
            new Filter.Tagged(Set.of("a", "b", "")), new Filter.Tagged(Set.of()),
            Filter.Selected.of("a = 'ü' AND b > 5"));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void readsWhatItWrote(Filter filter) throws IOException {
        for (Binding binding : new Binding[] {new Binding(TOPIC, filter), new Binding(null, filter)}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            BindingCodec.write(new DataOutputStream(bytes), binding);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
            assertThat(BindingCodec.read(in)).isEqualTo(binding);
            assertThat(in.available()).isZero();
        }
    }

    /** As they lie in the metadata of servers that know no more kinds than these. */
    @ParameterizedTest
    @CsvSource({
        "00 00,                                                                             0",
        "00 01,                                                                             1",
        "00 02 00000001 61,                                                                 2",
        "00 03 002f 00000003 00 00000001 61 01 02,                                          3",
        "00 04 002f 00000001 02,                                                            4",
        "00 05 01 00000001 00000001 61 01 00000001 31,                                      5"})
    void readsWhatTheFirstVersionWrote(String hex, int index) throws IOException {
        Filter expected = new Filter[] {new Filter.All(), new Filter.Unkeyed(), new Filter.ExactSubject("a"),
            new Filter.MatchingSubject(SubjectPattern.parse("a/+/#", '/', "+", "#")),
            new Filter.MatchingAddress(SubjectPattern.parse("#", '/', "+", "#")),
            new Filter.MatchingHeaders(true, Map.of("a", "1"))}[index];
        byte[] stored = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(BindingCodec.read(new DataInputStream(new ByteArrayInputStream(stored)))).isEqualTo(new Binding(null, expected));
    }

    @Test
    void aMapThatIsChangedLaterChangesNoFilter() {
        Map<String, @Nullable String> headers = new HashMap<>(Map.of("a", "1"));
        Filter filter = new Filter.MatchingHeaders(true, headers);
        headers.put("b", "2");
        assertThat(filter).isEqualTo(new Filter.MatchingHeaders(true, Map.of("a", "1")));
    }
}
