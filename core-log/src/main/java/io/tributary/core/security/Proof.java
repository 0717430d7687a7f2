package io.tributary.core.security;

/**
 * Who a client has shown to be, and for how long that counts.
 *
 * @param expiresAtMs milliseconds since the epoch; {@link #NEVER} for a proof without an end
 */
public record Proof(Principal principal, long expiresAtMs) {
    public static final long NEVER = Long.MAX_VALUE;

    /** A proof without an end. */
    public static Proof lasting(Principal principal) {
        return new Proof(principal, NEVER);
    }
}
