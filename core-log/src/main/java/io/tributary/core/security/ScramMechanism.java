package io.tributary.core.security;

/** The hash functions of SCRAM (RFC 5802, RFC 7677), with the bounds that Kafka has. */
public enum ScramMechanism {
    SCRAM_SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 32),
    SCRAM_SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 64);

    /** Fewer rounds of the hash are not accepted. */
    public static final int MIN_ITERATIONS = 4096;
    /** More would let whoever makes users keep the processors busy. */
    public static final int MAX_ITERATIONS = 16384;

    private final String saslName;
    private final String digest;
    private final String mac;
    private final int keyBytes;

    ScramMechanism(String saslName, String digest, String mac, int keyBytes) {
        this.saslName = saslName;
        this.digest = digest;
        this.mac = mac;
        this.keyBytes = keyBytes;
    }

    /** The mechanism's name in SASL. */
    public String saslName() {
        return saslName;
    }

    /** The length of its keys. */
    public int keyBytes() {
        return keyBytes;
    }

    String digest() {
        return digest;
    }

    String mac() {
        return mac;
    }
}
