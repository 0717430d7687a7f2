package io.tributary.core.subscription.state;

import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bindings as bytes. Texts have a length of four bytes, for a header's value may be long. What an earlier version wrote stays readable, so
 * kinds are only added.
 */
public final class BindingCodec {
    private static final int ALL = 0;
    private static final int UNKEYED = 1;
    private static final int EXACT = 2;
    private static final int SUBJECT = 3;
    private static final int ADDRESS = 4;
    private static final int HEADERS = 5;
    private static final int TAGS = 6;
    private static final int SELECTOR = 7;

    private static final int LITERAL = 0;
    private static final int ONE = 1;
    private static final int MANY = 2;

    private BindingCodec() {
    }

    public static void write(DataOutputStream out, Binding binding) throws IOException {
        TopicName topic = binding.topic();
        out.writeBoolean(topic != null);
        if (topic != null) {
            writeText(out, topic.namespace().name());
            writeText(out, topic.name());
        }
        Filter filter = binding.filter();
        if (filter instanceof Filter.All) {
            out.writeByte(ALL);
        } else if (filter instanceof Filter.Unkeyed) {
            out.writeByte(UNKEYED);
        } else if (filter instanceof Filter.ExactSubject exact) {
            out.writeByte(EXACT);
            writeText(out, exact.subject());
        } else if (filter instanceof Filter.MatchingSubject subject) {
            out.writeByte(SUBJECT);
            writePattern(out, subject.pattern());
        } else if (filter instanceof Filter.MatchingAddress address) {
            out.writeByte(ADDRESS);
            writePattern(out, address.pattern());
        } else if (filter instanceof Filter.MatchingHeaders headers) {
            out.writeByte(HEADERS);
            writeHeaders(out, headers);
        } else if (filter instanceof Filter.Tagged tagged) {
            out.writeByte(TAGS);
            writeTags(out, tagged);
        } else if (filter instanceof Filter.Selected selected) {
            out.writeByte(SELECTOR);
            writeText(out, selected.text());
        } else {
            throw new BrokerException(ErrorCode.NOT_SUPPORTED, "a filter that cannot be written down");
        }
    }

    public static Binding read(DataInputStream in) throws IOException {
        TopicName topic = in.readBoolean() ? new TopicName(new Namespace(readText(in)), readText(in)) : null;
        return new Binding(topic, readFilter(in));
    }

    private static Filter readFilter(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case ALL -> new Filter.All();
            case UNKEYED -> new Filter.Unkeyed();
            case EXACT -> new Filter.ExactSubject(readText(in));
            case SUBJECT -> new Filter.MatchingSubject(readPattern(in));
            case ADDRESS -> new Filter.MatchingAddress(readPattern(in));
            case HEADERS -> readHeaders(in);
            case TAGS -> readTags(in);
            case SELECTOR -> Filter.Selected.of(readText(in));
            default -> throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a filter of kind " + kind + " is not known");
        };
    }

    /** The wildcards are told from literals by their identity. */
    @SuppressWarnings("ReferenceEquality")
    private static void writePattern(DataOutputStream out, SubjectPattern pattern) throws IOException {
        out.writeChar(pattern.separator());
        out.writeInt(pattern.words().size());
        for (String word : pattern.words()) {
            if (word == SubjectPattern.ONE) {
                out.writeByte(ONE);
            } else if (word == SubjectPattern.MANY) {
                out.writeByte(MANY);
            } else {
                out.writeByte(LITERAL);
                writeText(out, word);
            }
        }
    }

    private static SubjectPattern readPattern(DataInputStream in) throws IOException {
        char separator = in.readChar();
        int count = in.readInt();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int kind = in.readByte();
            words.add(kind == ONE ? SubjectPattern.ONE : kind == MANY ? SubjectPattern.MANY : readText(in));
        }
        return new SubjectPattern(separator, words);
    }

    private static void writeHeaders(DataOutputStream out, Filter.MatchingHeaders headers) throws IOException {
        out.writeBoolean(headers.all());
        out.writeInt(headers.expected().size());
        for (Map.Entry<String, @Nullable String> entry : headers.expected().entrySet()) {
            writeText(out, entry.getKey());
            String value = entry.getValue();
            out.writeBoolean(value != null);
            if (value != null) {
                writeText(out, value);
            }
        }
    }

    private static Filter readHeaders(DataInputStream in) throws IOException {
        boolean all = in.readBoolean();
        int count = in.readInt();
        Map<String, @Nullable String> expected = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = readText(in);
            expected.put(name, in.readBoolean() ? readText(in) : null);
        }
        return new Filter.MatchingHeaders(all, expected);
    }

    private static void writeTags(DataOutputStream out, Filter.Tagged filter) throws IOException {
        out.writeInt(filter.tags().size());
        for (String tag : filter.tags()) {
            writeText(out, tag);
        }
    }

    private static Filter readTags(DataInputStream in) throws IOException {
        int count = in.readInt();
        Set<String> tags = new HashSet<>();
        for (int i = 0; i < count; i++) {
            tags.add(readText(in));
        }
        return new Filter.Tagged(tags);
    }

    public static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    public static String readText(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
