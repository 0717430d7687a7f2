package io.tributary.core.security;

/** What a client shows of itself. */
public sealed interface Credentials {
    /** Nothing. */
    record Anonymous() implements Credentials {
    }

    /** A name and a password. */
    record Password(String username, String password) implements Credentials {
        @Override
        public String toString() {
            return "Password[" + username + "]";
        }
    }
}
