package io.tributary.protocol.http.translate;

import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.http.codec.SubscriptionJson;
import io.tributary.protocol.http.codec.SubscriptionJson.BindingJson;
import io.tributary.protocol.http.codec.SubscriptionJson.FilterJson;
import io.tributary.protocol.http.codec.SubscriptionJson.HeadersJson;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Bindings and their filters, from JSON and back. */
public final class BindingTranslation {
    private static final int MAX_BINDINGS = 1_000;
    private static final String MANY = "#";

    private BindingTranslation() {
    }

    /** The bindings that the settings name. Fails with INVALID_ARGUMENT or INVALID_TOPIC. */
    public static List<Binding> bindings(Namespace namespace, SubscriptionJson.Settings settings) {
        List<@Nullable BindingJson> json = settings.bindings();
        if (json == null) {
            return List.of(binding(namespace, new BindingJson(settings.topic(), settings.filter())));
        }
        if (settings.topic() != null || settings.filter() != null) {
            throw invalid("give topic and filter, or bindings, not both");
        }
        if (json.isEmpty() || json.size() > MAX_BINDINGS) {
            throw invalid("a subscription is created with 1 to " + MAX_BINDINGS + " bindings");
        }
        List<Binding> bindings = new ArrayList<>(json.size());
        for (BindingJson one : json) {
            if (one == null) {
                throw invalid("a binding is null");
            }
            Binding binding = binding(namespace, one);
            if (!bindings.contains(binding)) {
                bindings.add(binding);
            }
        }
        return bindings;
    }

    /** {@code latest} when absent. Fails with INVALID_ARGUMENT. */
    public static StartPosition start(@Nullable String text) {
        return switch (text == null ? "latest" : text) {
            case "latest" -> StartPosition.LATEST;
            case "earliest" -> StartPosition.EARLIEST;
            default -> throw invalid("start may be latest or earliest");
        };
    }

    private static Binding binding(Namespace namespace, BindingJson json) {
        Filter filter = json.filter() == null ? new Filter.All() : filter(json.filter());
        if (json.topic() == null) {
            if (!(filter instanceof Filter.MatchingAddress)) {
                throw invalid("a binding without a topic needs a filter with an address");
            }
            return new Binding(null, filter);
        }
        return new Binding(new TopicName(namespace, json.topic()), filter);
    }

    private static Filter filter(FilterJson json) {
        long kinds = Stream.of(json.pattern(), json.subject(), json.address(), json.headers(), json.selector(), json.tags(), json.unkeyed())
            .filter(Objects::nonNull).count();
        if (kinds != 1) {
            throw invalid("a filter has exactly one of pattern, subject, address, headers, selector, tags and unkeyed");
        }
        if (json.separator() != null && json.pattern() == null && json.address() == null) {
            throw invalid("separator belongs to pattern or address");
        }
        if (json.subject() != null) {
            return new Filter.ExactSubject(json.subject());
        }
        if (json.pattern() != null) {
            return new Filter.MatchingSubject(pattern(json.pattern(), json.separator()));
        }
        if (json.address() != null) {
            return new Filter.MatchingAddress(pattern(json.address(), json.separator()));
        }
        if (json.headers() != null) {
            return headers(json.headers());
        }
        if (json.selector() != null) {
            return Filter.Selected.of(json.selector());
        }
        if (json.tags() != null) {
            return tagged(json.tags());
        }
        if (!Boolean.TRUE.equals(json.unkeyed())) {
            throw invalid("unkeyed may only be true");
        }
        return new Filter.Unkeyed();
    }

    private static Filter headers(HeadersJson json) {
        Map<String, @Nullable String> expected = json.all() == null ? json.any() : json.all();
        if (expected == null || expected.isEmpty() || json.all() != null && json.any() != null) {
            throw invalid("headers has either all or any, with one header at least");
        }
        return new Filter.MatchingHeaders(json.all() != null, expected);
    }

    private static Filter tagged(List<@Nullable String> tags) {
        Set<String> all = new LinkedHashSet<>();
        for (String expression : tags) {
            if (expression == null) {
                throw invalid("a tag is null");
            }
            Filter filter = Filter.Tagged.parse(expression);
            if (!(filter instanceof Filter.Tagged tagged)) {
                return filter;
            }
            all.addAll(tagged.tags());
        }
        if (all.isEmpty()) {
            throw invalid("tags has one tag at least");
        }
        return new Filter.Tagged(all);
    }

    private static SubjectPattern pattern(String text, @Nullable String separator) {
        char divides = separator(separator);
        return SubjectPattern.parse(text, divides, one(divides), MANY);
    }

    private static char separator(@Nullable String text) {
        if (text == null) {
            return '/';
        }
        if (!text.equals("/") && !text.equals(".")) {
            throw invalid("separator may be / or .");
        }
        return text.charAt(0);
    }

    /** How one word is written: as MQTT does, or with dots as AMQP does. */
    private static String one(char separator) {
        return separator == '/' ? "+" : "*";
    }

    /** The inverse of what a client writes. */
    public static BindingJson toJson(Binding binding) {
        return new BindingJson(binding.topic() == null ? null : binding.topic().name(), toJson(binding.filter()));
    }

    private static @Nullable FilterJson toJson(Filter filter) {
        if (filter instanceof Filter.ExactSubject exact) {
            return FilterJson.ofSubject(exact.subject());
        }
        if (filter instanceof Filter.MatchingSubject matching) {
            return FilterJson.ofPattern(write(matching.pattern()), separatorOf(matching.pattern()));
        }
        if (filter instanceof Filter.MatchingAddress matching) {
            return FilterJson.ofAddress(write(matching.pattern()), separatorOf(matching.pattern()));
        }
        if (filter instanceof Filter.MatchingHeaders matching) {
            Map<String, @Nullable String> expected = matching.expected();
            return FilterJson.ofHeaders(matching.all() ? new HeadersJson(expected, null) : new HeadersJson(null, expected));
        }
        if (filter instanceof Filter.Selected selected) {
            return FilterJson.ofSelector(selected.text());
        }
        if (filter instanceof Filter.Tagged tagged) {
            return FilterJson.ofTags(tagged.tags().stream().sorted().<@Nullable String>map(tag -> tag).toList());
        }
        return filter instanceof Filter.Unkeyed ? FilterJson.ofUnkeyed() : null;
    }

    private static String separatorOf(SubjectPattern pattern) {
        return String.valueOf(pattern.separator());
    }

    @SuppressWarnings("ReferenceEquality")
    private static String write(SubjectPattern pattern) {
        return pattern.words().stream()
            .map(word -> word == SubjectPattern.ONE ? one(pattern.separator()) : word == SubjectPattern.MANY ? MANY : word)
            .collect(Collectors.joining(separatorOf(pattern)));
    }

    private static BrokerException invalid(String message) {
        return new BrokerException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
