package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.security.Access;
import io.tributary.core.security.Operation;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsRequest;

/** DescribeUserScramCredentials (KIP-554): mechanisms and iterations, nothing more. Users of the configuration are not among them. */
public final class DescribeScramUsersHandler extends ApiHandler<DescribeUserScramCredentialsRequest> {
    private final Access access;

    public DescribeScramUsersHandler(Access access) {
        super(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, DescribeUserScramCredentialsRequest.class);
        this.access = access;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeUserScramCredentialsRequest request) {
        call.caller().requireOnCluster(Operation.DESCRIBE);
        Map<String, Map<ScramMechanism, ScramCredential>> all = access.users(call.namespace()).all();
        List<UserName> asked = request.data().users();
        Map<String, Integer> times = new LinkedHashMap<>();
        if (asked == null || asked.isEmpty()) {
            new TreeSet<>(all.keySet()).forEach(name -> times.put(name, 1));
        } else {
            asked.forEach(user -> times.merge(user.name(), 1, Integer::sum));
        }
        List<DescribeUserScramCredentialsResult> results = new ArrayList<>();
        times.forEach((name, count) -> {
            DescribeUserScramCredentialsResult result = new DescribeUserScramCredentialsResult().setUser(name);
            Map<ScramMechanism, ScramCredential> user = all.get(name);
            if (count > 1) {
                result.setErrorCode(Errors.DUPLICATE_RESOURCE.code())
                    .setErrorMessage("Cannot describe SCRAM credentials for the same user twice in a single request: " + name);
            } else if (user == null) {
                result.setErrorCode(Errors.RESOURCE_NOT_FOUND.code())
                    .setErrorMessage("Attempt to describe a user credential that does not exist: " + name);
            } else {
                result.setCredentialInfos(user.values().stream().map(credential -> new CredentialInfo()
                    .setMechanism(ScramTypes.of(credential.mechanism())).setIterations(credential.iterations())).toList());
            }
            results.add(result);
        });
        return Reply.now(new DescribeUserScramCredentialsResponseData().setResults(results));
    }
}
