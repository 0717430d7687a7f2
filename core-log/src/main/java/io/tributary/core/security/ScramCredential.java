package io.tributary.core.security;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is kept of a password (RFC 5802, section 3): it cannot be found from this, but proved against it.
 *
 * @param salt       1 to 1024 bytes
 * @param storedKey  the hash of the client's key
 * @param iterations 4096 to 16384
 */
public record ScramCredential(ScramMechanism mechanism, byte[] salt, byte[] storedKey, byte[] serverKey, int iterations) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT_BYTES = 32;
    private static final int MAX_SALT_BYTES = 1024;

    /** Refuses what is out of its bounds with INVALID_ARGUMENT. */
    public ScramCredential {
        salt = salt.clone();
        storedKey = storedKey.clone();
        serverKey = serverKey.clone();
        require(salt.length > 0 && salt.length <= MAX_SALT_BYTES, "a salt has 1 to 1024 bytes");
        require(storedKey.length == mechanism.keyBytes() && serverKey.length == mechanism.keyBytes(), "a key's length is its hash's");
        require(iterations >= ScramMechanism.MIN_ITERATIONS && iterations <= ScramMechanism.MAX_ITERATIONS,
            "iterations are from " + ScramMechanism.MIN_ITERATIONS + " to " + ScramMechanism.MAX_ITERATIONS);
    }

    /** Makes one with a salt of its own. Takes milliseconds: not for an event loop. */
    public static ScramCredential ofPassword(ScramMechanism mechanism, String password, int iterations) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return ofSaltedPassword(mechanism, salt, saltedPassword(mechanism, password, salt, iterations), iterations);
    }

    /** Makes one of what a client has made of the password with this salt, RFC 5802's SaltedPassword. */
    public static ScramCredential ofSaltedPassword(ScramMechanism mechanism, byte[] salt, byte[] saltedPassword, int iterations) {
        require(saltedPassword.length > 0, "a salted password is not empty");
        try {
            byte[] clientKey = hmac(mechanism, saltedPassword, "Client Key");
            byte[] storedKey = MessageDigest.getInstance(mechanism.digest()).digest(clientKey);
            return new ScramCredential(mechanism, salt, storedKey, hmac(mechanism, saltedPassword, "Server Key"), iterations);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java has " + mechanism.digest(), missing);
        }
    }

    /** Whether this is of that password. Takes milliseconds: not for an event loop. */
    public boolean isOf(String password) {
        if (password.isEmpty()) {
            return false;
        }
        ScramCredential given = ofSaltedPassword(mechanism, salt, saltedPassword(mechanism, password, salt, iterations), iterations);
        return MessageDigest.isEqual(storedKey, given.storedKey);
    }

    private static byte[] saltedPassword(ScramMechanism mechanism, String password, byte[] salt, int iterations) {
        require(!password.isEmpty(), "a password is not empty");
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, mechanism.keyBytes() * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2With" + mechanism.mac()).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java has PBKDF2", missing);
        } finally {
            spec.clearPassword();
        }
    }

    private static byte[] hmac(ScramMechanism mechanism, byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(mechanism.mac());
        mac.init(new SecretKeySpec(key, mechanism.mac()));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, message);
        }
    }

    @Override
    public byte[] salt() {
        return salt.clone();
    }

    @Override
    public byte[] storedKey() {
        return storedKey.clone();
    }

    @Override
    public byte[] serverKey() {
        return serverKey.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScramCredential that && mechanism == that.mechanism && iterations == that.iterations
            && Arrays.equals(salt, that.salt) && MessageDigest.isEqual(storedKey, that.storedKey)
            && MessageDigest.isEqual(serverKey, that.serverKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(salt);
    }

    @Override
    public String toString() {
        return "ScramCredential[" + mechanism.saslName() + ", " + iterations + " iterations]";
    }
}
