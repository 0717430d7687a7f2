package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.security.Access;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import io.tributary.core.security.Users;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.DuplicateResourceException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.UnacceptableCredentialException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AlterUserScramCredentialsRequest;
import org.jspecify.annotations.Nullable;

/** AlterUserScramCredentials (KIP-554): of each user everything that is asked for is done, or nothing. */
public final class AlterScramUsersHandler extends ApiHandler<AlterUserScramCredentialsRequest> {
    private final Access access;

    public AlterScramUsersHandler(Access access) {
        super(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, AlterUserScramCredentialsRequest.class);
        this.access = access;
    }

    /** What is asked for of one user. */
    private static final class Wish {
        final List<Supplier<CompletionStage<?>>> steps = new ArrayList<>();
        final Set<ScramMechanism> mechanisms = new HashSet<>();
        @Nullable ApiException refusal;

        void refuse(ApiException cause) {
            if (refusal == null) {
                refusal = cause;
            }
        }
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, AlterUserScramCredentialsRequest request) {
        call.caller().requireOnCluster(Operation.ALTER);
        Users users = access.users(call.namespace());
        Map<String, Wish> wishes = new LinkedHashMap<>();
        for (ScramCredentialDeletion deletion : request.data().deletions()) {
            delete(users, deletion, wishes.computeIfAbsent(deletion.name(), name -> new Wish()));
        }
        for (ScramCredentialUpsertion upsertion : request.data().upsertions()) {
            put(users, upsertion, wishes.computeIfAbsent(upsertion.name(), name -> new Wish()));
        }
        List<CompletableFuture<AlterUserScramCredentialsResult>> results = new ArrayList<>();
        wishes.forEach((name, wish) -> {
            if (name.isEmpty() || name.equals(Principal.ANONYMOUS.name())) {
                wish.refuse(new UnacceptableCredentialException("Username must not be empty, nor " + Principal.ANONYMOUS.name()));
            }
            results.add(grant(wish).handle((done, failure) -> result(name, failure)).toCompletableFuture());
        });
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
            new AlterUserScramCredentialsResponseData().setResults(results.stream().map(CompletableFuture::join).toList())));
    }

    private static void delete(Users users, ScramCredentialDeletion deletion, Wish wish) {
        ScramMechanism mechanism = mechanism(deletion.mechanism(), wish);
        if (mechanism == null) {
            return;
        }
        if (users.credential(deletion.name(), mechanism) == null) {
            wish.refuse(new ResourceNotFoundException("Attempt to delete a user credential that does not exist"));
        }
        wish.steps.add(() -> users.remove(deletion.name(), mechanism));
    }

    private static void put(Users users, ScramCredentialUpsertion upsertion, Wish wish) {
        ScramMechanism mechanism = mechanism(upsertion.mechanism(), wish);
        if (mechanism == null) {
            return;
        }
        if (upsertion.iterations() < ScramMechanism.MIN_ITERATIONS) {
            wish.refuse(new UnacceptableCredentialException("Too few iterations"));
        } else if (upsertion.iterations() > ScramMechanism.MAX_ITERATIONS) {
            wish.refuse(new UnacceptableCredentialException("Too many iterations"));
        } else {
            try {
                ScramCredential credential = ScramCredential.ofSaltedPassword(mechanism, upsertion.salt(), upsertion.saltedPassword(),
                    upsertion.iterations());
                wish.steps.add(() -> users.put(upsertion.name(), credential));
            } catch (RuntimeException e) {
                wish.refuse(new UnacceptableCredentialException(KafkaErrors.message(e)));
            }
        }
    }

    private static @Nullable ScramMechanism mechanism(byte type, Wish wish) {
        ScramMechanism mechanism = ScramTypes.find(type);
        if (mechanism == null) {
            wish.refuse(new UnsupportedSaslMechanismException("Unknown SCRAM mechanism"));
        } else if (!wish.mechanisms.add(mechanism)) {
            wish.refuse(new DuplicateResourceException("A user credential cannot be altered twice in the same request"));
        }
        return mechanism;
    }

    private static CompletionStage<?> grant(Wish wish) {
        if (wish.refusal != null) {
            return CompletableFuture.failedFuture(wish.refusal);
        }
        CompletionStage<?> doing = CompletableFuture.completedFuture(null);
        for (Supplier<CompletionStage<?>> step : wish.steps) {
            doing = doing.thenCompose(done -> step.get());
        }
        return doing;
    }

    private static AlterUserScramCredentialsResult result(String name, @Nullable Throwable failure) {
        AlterUserScramCredentialsResult result = new AlterUserScramCredentialsResult().setUser(name);
        return failure == null ? result.setErrorMessage(null)
            : result.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure));
    }
}
