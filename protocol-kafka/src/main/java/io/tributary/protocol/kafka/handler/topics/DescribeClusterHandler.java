package io.tributary.protocol.kafka.handler.topics;

import io.tributary.core.api.Broker;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.AuthorizedOperations;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.MismatchedEndpointTypeException;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeClusterRequest;

/** DescribeCluster (KIP-700). */
public final class DescribeClusterHandler extends ApiHandler<DescribeClusterRequest> {
    private static final byte ENDPOINT_BROKER = 1;

    private final Broker broker;

    public DescribeClusterHandler(Broker broker) {
        super(ApiKeys.DESCRIBE_CLUSTER, DescribeClusterRequest.class);
        this.broker = broker;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeClusterRequest request) {
        if (request.data().endpointType() != ENDPOINT_BROKER) {
            return Reply.now(request.getErrorResponse(0, new MismatchedEndpointTypeException("this is a broker's endpoint")).data());
        }
        DescribeClusterResponseData response = new DescribeClusterResponseData().setClusterId(broker.clusterId())
            .setControllerId(broker.nodeId()).setEndpointType(ENDPOINT_BROKER);
        response.brokers().add(new DescribeClusterBroker().setBrokerId(broker.nodeId()).setHost(call.caller().host())
            .setPort(call.caller().port()));
        if (request.data().includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.onCluster(call.caller()));
        }
        return Reply.now(response);
    }
}
