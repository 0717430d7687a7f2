package io.tributary.core.routing;

import io.tributary.core.model.Address;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import java.util.List;
import java.util.Optional;

/**
 * Which topics a binding can take records of. A binding over every topic whose filter is an address pattern that begins with a word
 * reaches two at most: the word's own topic, and the one that holds the paths that begin with no topic's name.
 */
public final class BindingScope {
    private BindingScope() {
    }

    /** The topics by name, present or not yet; empty when the binding reaches every topic of the namespace. */
    public static Optional<List<TopicName>> topics(Binding binding, Namespace namespace) {
        if (binding.topic() != null) {
            return Optional.of(List.of(binding.topic()));
        }
        if (!(binding.filter() instanceof Filter.MatchingAddress address) || address.pattern().beginsWithWildcard()) {
            return Optional.empty();
        }
        SubjectPattern pattern = address.pattern();
        if (pattern.separator() != Address.SEPARATOR) {
            return Optional.empty();
        }
        String first = pattern.words().get(0);
        TopicName fallback = new TopicName(namespace, Address.FALLBACK_TOPIC);
        if (!TopicName.isLegal(first) || TopicName.isInternal(first) || first.equals(Address.FALLBACK_TOPIC)) {
            return Optional.of(List.of(fallback));
        }
        return Optional.of(List.of(new TopicName(namespace, first), fallback));
    }

    /** Whether the binding can take records of the topic. */
    public static boolean reaches(Binding binding, Namespace namespace, TopicName topic) {
        return binding.covers(topic, namespace) && topics(binding, namespace).map(names -> names.contains(topic)).orElse(true);
    }
}
