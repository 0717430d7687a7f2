package io.tributary.protocol.amqp.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.Subject;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.ReplyCode;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TranslateTest {
    private static final TopicName TOPIC = TopicName.of("t");
    private static final @Nullable String NO_KEY = null;

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void mapsEveryErrorOfTheCore(ErrorCode code) {
        AmqpException error = Errors.toAmqp(new CompletionException(new BrokerException(code, "because")));

        assertThat(error.code()).isNotNull().isNotEqualTo(ReplyCode.SUCCESS);
        assertThat(error.replyText()).contains("because");
    }

    @ParameterizedTest
    @CsvSource({"a.b/c,a/b.c", "plain,plain", "'',''", "/x,.x"})
    void swapsSeparatorsBackAndForth(String amqp, String path) {
        assertThat(AmqpNames.swapSeparators(amqp)).isEqualTo(path);
        assertThat(AmqpNames.swapSeparators(path)).isEqualTo(amqp);
    }

    @ParameterizedTest
    @CsvSource({
        "stock.#, stock, true", "stock.#, stock.nyse.ibm, true", "stock.*, stock.a.b, false", "#, '', true",
        "*.orange.*, quick.orange.rabbit, true", "*.orange.*, quick.orange, false", "#.b, b, true", "a.#.c, a.c, true"})
    void matchesTopicPatternsAsTheSpecificationSays(String pattern, String key, boolean matches) {
        assertThat(Bindings.filter(ExchangeType.TOPIC, pattern, FieldTable.EMPTY).matches(TOPIC, record(key, Headers.EMPTY)))
            .isEqualTo(matches);
    }

    @Test
    void bindsAddressesOverOneTopicWhenThePatternNamesIt() {
        Binding one = Bindings.ofOneAddress(Namespace.DEFAULT, "sensors.*.temp");

        assertThat(one).isNotNull();
        assertThat(one.topic()).isEqualTo(TopicName.of("sensors"));
        assertThat(one.filter().matches(TopicName.of("sensors"), record("7/temp", Headers.EMPTY))).isTrue();
        assertThat(one.filter().matches(TopicName.of("sensors"), record("7/8/temp", Headers.EMPTY))).isFalse();
        assertThat(Bindings.ofOneAddress(Namespace.DEFAULT, "*.temp")).isNull();
        assertThat(Bindings.ofAddresses("#").filter().matches(TOPIC, record("x", Headers.EMPTY))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"all,1,x,true", "all,1,y,false", "any,1,y,true", "any,2,y,false", "all-with-x,1,x,false", "any-with-x,2,x,true"})
    void matchesHeadersTypedOrAsText(String match, int number, String text, boolean matches) {
        FieldTable arguments = FieldTable.builder().put("x-match", match).put("n", new FieldValue.Int64(1)).put("s", "x")
            .put("x-own", "here").build();
        Headers headers = Headers.of(Header.of("n", Integer.toString(number)), Header.of("s", text));

        assertThat(Bindings.filter(ExchangeType.HEADERS, "", arguments).matches(TOPIC, record(NO_KEY, headers))).isEqualTo(matches);
    }

    @Test
    void takesAVoidInAHeadersBindingForPresence() {
        FieldTable arguments = FieldTable.builder().put("n", new FieldValue.Null()).build();

        assertThat(Bindings.filter(ExchangeType.HEADERS, "", arguments).matches(TOPIC, record(NO_KEY, Headers.of(Header.of("n", "5")))))
            .isTrue();
        assertThat(Bindings.filter(ExchangeType.HEADERS, "", arguments).matches(TOPIC, record(NO_KEY, Headers.EMPTY))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"all,true,true", "any,false,false", "all-with-x,false,true", "any-with-x,false,true"})
    void countsArgumentsThatBeginWithXOnlyWhenAsked(String match, boolean without, boolean with) {
        Filter filter = Bindings.filter(ExchangeType.HEADERS, "",
            FieldTable.builder().put("x-match", match).put("x-own", "here").build());

        assertThat(filter.matches(TOPIC, record(NO_KEY, Headers.EMPTY))).isEqualTo(without);
        assertThat(filter.matches(TOPIC, record(NO_KEY, Headers.of(Header.of("x-own", "here"))))).isEqualTo(with);
    }

    @Test
    void matchesAHeaderOfAnyTypeAgainstAMessageThatWasPublishedWithIt() {
        List<FieldValue> values = List.of(FieldValue.of("ü"), new FieldValue.Bytes(new byte[] {0, (byte) 200}), new FieldValue.Bool(true),
            new FieldValue.Int32(-5), new FieldValue.Float64(0.5), new FieldValue.Timestamp(7),
            new FieldValue.Array(List.of(FieldValue.of("a"))));
        for (FieldValue value : values) {
            FieldTable table = FieldTable.builder().put("priority", value).build();
            Headers headers = MessageHeaders.toHeaders(new ContentProperties(null, null, table, null, 5, null, null, null, null, null, null,
                null, null, null));
            Filter filter = Bindings.filter(ExchangeType.HEADERS, "", table);

            assertThat(filter.matches(TOPIC, record(NO_KEY, headers))).as("%s", value).isTrue();
            assertThat(filter.matches(TOPIC, record(NO_KEY, Headers.of(Header.of("priority", "true"))))).as("a property is no header")
                .isFalse();
        }
    }

    @Test
    void refusesAnUnknownHeadersMatch() {
        FieldTable arguments = FieldTable.builder().put("x-match", "some").build();

        assertThatThrownBy(() -> Bindings.filter(ExchangeType.HEADERS, "", arguments)).isInstanceOf(AmqpException.class)
            .hasMessageContaining("some");
    }

    @Test
    void distinguishesTheEmptyRoutingKeyFromNone() {
        Filter implicit = Bindings.implicit(TOPIC, true).filter();

        assertThat(implicit.matches(TOPIC, record(NO_KEY, Headers.EMPTY))).isTrue();
        assertThat(implicit.matches(TOPIC, record("", Headers.EMPTY))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"/,default", "acme,acme"})
    void showsANamespaceAsAVirtualHost(String virtualHost, String namespace) {
        assertThat(AmqpNames.namespace(virtualHost)).isEqualTo(new Namespace(namespace));
    }

    @Test
    void hasNoSecondNameForTheDefaultNamespace() {
        assertThat(AmqpNames.namespace("default")).isNull();
        assertThat(AmqpNames.namespace("")).isNull();
    }

    private static Record record(@Nullable String key, Headers headers) {
        return new Record(0, 0, Subject.toKey(key), new byte[0], headers);
    }
}
