package io.tributary.core.access;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Logins;
import io.tributary.core.security.Principal;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import io.tributary.core.security.Users;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One metadata entry for each user. */
final class StoredUsers implements Logins {
    private static final String PREFIX = "user/";
    private static final int MAX_USERS = 100_000;
    private static final int MAX_NAME = 250;

    /** A user. */
    private record User(Namespace namespace, Map<ScramMechanism, ScramCredential> credentials) {
        User with(ScramCredential credential) {
            Map<ScramMechanism, ScramCredential> all = new EnumMap<>(ScramMechanism.class);
            all.putAll(credentials);
            all.put(credential.mechanism(), credential);
            return new User(namespace, Collections.unmodifiableMap(all));
        }

        User without(ScramMechanism mechanism) {
            Map<ScramMechanism, ScramCredential> all = new EnumMap<>(ScramMechanism.class);
            all.putAll(credentials);
            all.remove(mechanism);
            return new User(namespace, Collections.unmodifiableMap(all));
        }
    }

    private final DurableMap<String, User> map;

    StoredUsers(MetadataStore store) {
        map = new DurableMap<>(store, PREFIX, new UserFormat(), MAX_USERS);
    }

    @Override
    public @Nullable ScramCredential credential(String username, ScramMechanism mechanism) {
        User user = map.view().get(username);
        return user == null ? null : user.credentials.get(mechanism);
    }

    @Override
    public @Nullable Namespace namespace(String username) {
        User user = map.view().get(username);
        return user == null ? null : user.namespace;
    }

    Users of(Namespace namespace) {
        return new OfNamespace(namespace);
    }

    /** Those that a namespace's administrators see. */
    private final class OfNamespace implements Users {
        private final Namespace namespace;

        OfNamespace(Namespace namespace) {
            this.namespace = namespace;
        }

        @Override
        public @Nullable ScramCredential credential(String username, ScramMechanism mechanism) {
            User user = map.view().get(username);
            return user == null || !user.namespace.equals(namespace) ? null : user.credentials.get(mechanism);
        }

        @Override
        public Map<String, Map<ScramMechanism, ScramCredential>> all() {
            Map<String, Map<ScramMechanism, ScramCredential>> own = new HashMap<>();
            map.view().forEach((name, user) -> {
                if (user.namespace.equals(namespace)) {
                    own.put(name, user.credentials);
                }
            });
            return Collections.unmodifiableMap(own);
        }

        @Override
        public CompletionStage<Void> put(String username, ScramCredential credential) {
            if (username.isEmpty() || username.length() > MAX_NAME || username.equals(Principal.ANONYMOUS.name())) {
                return CompletableFuture.failedFuture(new BrokerException(ErrorCode.INVALID_ARGUMENT,
                    "a user's name has 1 to " + MAX_NAME + " characters, and is not " + Principal.ANONYMOUS.name()));
            }
            return map.change(users -> {
                User user = users.getOrDefault(username, new User(namespace, Map.of()));
                if (!user.namespace.equals(namespace)) {
                    throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "the name '" + username + "' is taken");
                }
                users.put(username, user.with(credential));
                return users;
            });
        }

        @Override
        public CompletionStage<Boolean> remove(String username, ScramMechanism mechanism) {
            AtomicBoolean there = new AtomicBoolean();
            return map.change(users -> {
                User user = users.get(username);
                there.set(user != null && user.namespace.equals(namespace) && user.credentials.containsKey(mechanism));
                if (user == null || !there.get()) {
                    return users;
                }
                User rest = user.without(mechanism);
                if (rest.credentials.isEmpty()) {
                    users.remove(username);
                } else {
                    users.put(username, rest);
                }
                return users;
            }).thenApply(done -> there.get());
        }
    }

    /** A name, and its credentials; then the namespace, unless it is the default one. */
    private static final class UserFormat implements DurableMap.Format<String, User> {
        @Override
        public void writeKey(String key, DataOutputStream out) throws IOException {
            out.writeUTF(key);
        }

        @Override
        public String readKey(DataInputStream in) throws IOException {
            return in.readUTF();
        }

        @Override
        public void writeValue(User user, DataOutputStream out) throws IOException {
            out.writeByte(user.credentials.size());
            for (ScramCredential credential : user.credentials.values()) {
                out.writeUTF(credential.mechanism().name());
                out.writeInt(credential.iterations());
                writeBytes(credential.salt(), out);
                writeBytes(credential.storedKey(), out);
                writeBytes(credential.serverKey(), out);
            }
            if (!user.namespace.equals(Namespace.DEFAULT)) {
                out.writeUTF(user.namespace.name());
            }
        }

        @Override
        public User readValue(String key, DataInputStream in) throws IOException {
            Map<ScramMechanism, ScramCredential> user = new EnumMap<>(ScramMechanism.class);
            for (int left = in.readUnsignedByte(); left > 0; left--) {
                ScramMechanism mechanism = ScramMechanism.valueOf(in.readUTF());
                int iterations = in.readInt();
                user.put(mechanism, new ScramCredential(mechanism, readBytes(in), readBytes(in), readBytes(in), iterations));
            }
            Namespace namespace = in.available() > 0 ? new Namespace(in.readUTF()) : Namespace.DEFAULT;
            return new User(namespace, Collections.unmodifiableMap(user));
        }

        private static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
            out.writeShort(bytes.length);
            out.write(bytes);
        }

        private static byte[] readBytes(DataInputStream in) throws IOException {
            byte[] bytes = new byte[in.readUnsignedShort()];
            in.readFully(bytes);
            return bytes;
        }
    }
}
