package io.tributary.core.security;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A rule of who may, or may not, do what from where; its meaning is that of Kafka's.
 *
 * @param pattern   the resources that it is about
 * @param principal a name, or {@link #ANY} for everybody
 * @param address   an IP address, or {@link #ANY}
 * @param operation null for all
 * @param allows    false for a rule that forbids, which counts for more than any that allows
 */
public record Acl(Pattern pattern, String principal, String address, @Nullable Operation operation, boolean allows) {
    /** Every principal, or address. */
    public static final String ANY = "*";
    private static final int MAX_LENGTH = 1000;

    /**
     * Which resources.
     *
     * @param name     a name, {@link Resource#EVERY}, or what the names begin with
     * @param prefixed whether the name is what names begin with
     */
    public record Pattern(Resource.Type type, String name, boolean prefixed) {
        /** Refuses an empty or over-long name with INVALID_ARGUMENT. */
        public Pattern {
            requireText(name, "resource's name");
        }
    }

    /** Refuses empty and over-long texts with INVALID_ARGUMENT. */
    public Acl {
        requireText(principal, "principal");
        requireText(address, "host");
    }

    private static void requireText(String text, String what) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "an ACL's " + what + " has 1 to " + MAX_LENGTH + " characters");
        }
    }
}
