package io.tributary.protocol.amqp.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldTables;
import io.tributary.protocol.amqp.codec.FieldValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MessageHeadersPropertyTest {
    @Provide
    Arbitrary<ContentProperties> properties() {
        return FieldTables.properties();
    }

    @Property
    void bringsEveryPropertyAndHeaderBackWithItsType(@ForAll("properties") ContentProperties properties) {
        assertThat(MessageHeaders.toProperties(MessageHeaders.toHeaders(properties))).isEqualTo(properties);
    }

    @Example
    void storesPropertiesUnderTheSharedNamesAndHeadersAsReadableText() {
        FieldTable table = FieldTable.builder().put("tenant", "blue").put("tries", new FieldValue.Int32(3))
            .put("priority", new FieldValue.Table(FieldTable.builder().put("a", true).build())).build();
        ContentProperties properties = new ContentProperties("text/plain", null, table, 2, 7, "c-1", "replies", "60000", "m-1", 1234L,
            "order", "guest", "shop", null);

        Headers headers = MessageHeaders.toHeaders(properties);

        assertThat(headers.text("content-type")).isEqualTo("text/plain");
        assertThat(headers.text("correlation-id")).isEqualTo("c-1");
        assertThat(headers.text("reply-to")).isEqualTo("replies");
        assertThat(headers.text("message-id")).isEqualTo("m-1");
        assertThat(headers.text("expiration")).isEqualTo("60000");
        assertThat(headers.text("priority")).isEqualTo("7");
        assertThat(headers.text("amqp.delivery-mode")).isEqualTo("2");
        assertThat(headers.text("amqp.timestamp")).isEqualTo("1234");
        assertThat(headers.text("tenant")).isEqualTo("blue");
        assertThat(headers.text("tries")).isEqualTo("3");
        assertThat(headers.text("header:priority")).isEqualTo("{\"a\":true}");
    }

    @Example
    void keepsNoRawTableBesideTextHeaders() {
        FieldTable table = FieldTable.builder().put("tenant", "blue").build();
        ContentProperties properties = new ContentProperties(null, null, table, null, null, null, null, null, null, null, null, null,
            null, null);

        assertThat(MessageHeaders.toHeaders(properties)).isEqualTo(Headers.of(Header.of("tenant", "blue")));
    }

    @Example
    void showsWhatOtherProtocolsWroteBinaryRepeatedAndNull() {
        byte[] binary = {(byte) 0xC3, 0x28};
        Headers headers = Headers.builder().add("bin", binary).add("tag", "a").add("tag", binary)
            .add("none", FieldText.toBytes(new FieldValue.Null())).add("correlation-id", binary).add("priority", "900").build();

        ContentProperties properties = MessageHeaders.toProperties(headers);

        assertThat(properties.correlationId()).isNull();
        assertThat(properties.priority()).isNull();
        FieldTable table = properties.headers();
        assertThat(table).isNotNull();
        assertThat(table.get("bin")).isEqualTo(new FieldValue.Bytes(binary));
        assertThat(table.get("tag")).isEqualTo(new FieldValue.Array(List.of(FieldValue.of("a"), new FieldValue.Bytes(binary))));
        assertThat(table.get("none")).isEqualTo(new FieldValue.Null());
        assertThat(table.get("correlation-id")).isEqualTo(new FieldValue.Bytes(binary));
        assertThat(table.get("priority")).isEqualTo(FieldValue.of("900"));
    }

    @Example
    void takesARawTableThatAStrangerWroteForNone() {
        Headers headers = Headers.of(new Header("amqp.headers", "no table".getBytes(StandardCharsets.UTF_8)), Header.of("a", "b"));

        FieldTable table = MessageHeaders.toProperties(headers).headers();

        assertThat(table).isEqualTo(FieldTable.builder().put("a", "b").build());
    }
}
