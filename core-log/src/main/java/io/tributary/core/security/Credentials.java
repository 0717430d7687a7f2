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

    /** A bearer token (RFC 6750), a JWT. */
    record Token(String value) implements Credentials {
        @Override
        public String toString() {
            return "Token";
        }
    }

    /** A name that the connection has proved already with a SCRAM exchange. */
    record Proven(String username) implements Credentials {
    }

    /** A name that somebody who is trusted has signed: that of a TLS certificate. */
    record Certified(String username) implements Credentials {
    }
}
