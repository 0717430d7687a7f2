package io.tributary.protocol.kafka.codec;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * Parses the requests of one connection with Kafka's own generated readers. These bound every collection by the bytes that are left, which
 * is no bound for the memory that they take: that is found out before.
 */
public final class RequestDecoder {
    private final String connectionId;
    private final InetAddress clientAddress;
    private final KafkaPrincipal principal;
    private final SecurityProtocol securityProtocol;
    private ClientInformation clientInformation = ClientInformation.EMPTY;

    public RequestDecoder(String connectionId, InetAddress clientAddress, KafkaPrincipal principal, SecurityProtocol securityProtocol) {
        this.connectionId = connectionId;
        this.clientAddress = clientAddress;
        this.principal = principal;
        this.securityProtocol = securityProtocol;
    }

    /**
     * What memory the objects of a request will take beside its frame, in bytes; rather too many.
     *
     * @param frame not moved
     * @throws MalformedRequestException for more than {@code maxBytes}, and for what {@link #decode} would refuse by its lengths
     */
    public static long weigh(ByteBuffer frame, long maxBytes) {
        return RequestScale.of(frame, maxBytes);
    }

    /**
     * Parses one frame. Records in the result are views of the frame's bytes.
     *
     * @throws MalformedRequestException for anything that is not exactly one request of a known API and version; an ApiVersions request
     *     of an unknown version is let through, for its answer (KIP-35)
     */
    public DecodedRequest decode(ByteBuffer frame) {
        int size = frame.remaining();
        try {
            RequestHeader header = RequestHeader.parse(frame);
            boolean readable = header.isApiVersionSupported();
            if (!readable && header.apiKey() != ApiKeys.API_VERSIONS) {
                throw new MalformedRequestException(header.apiKey().name + " has no version " + header.apiVersion());
            }
            RequestContext context = new RequestContext(header, connectionId, clientAddress, principal,
                ListenerName.forSecurityProtocol(securityProtocol), securityProtocol, clientInformation, false);
            AbstractRequest body = context.parseRequest(frame).request;
            if (readable && frame.hasRemaining()) {
                throw new MalformedRequestException(frame.remaining() + " bytes after the end of a " + header.apiKey().name + " request");
            }
            remember(body);
            return new DecodedRequest(context, body, size);
        } catch (MalformedRequestException e) {
            throw e;
        } catch (RuntimeException e) {
            // The generated readers fail with a dozen types, none of which says more than its message.
            throw new MalformedRequestException("unreadable request: " + e.getMessage(), e);
        }
    }

    private void remember(AbstractRequest body) {
        if (body instanceof ApiVersionsRequest versions && !versions.hasUnsupportedRequestVersion() && versions.isValid()) {
            ApiVersionsRequestData data = versions.data();
            clientInformation = new ClientInformation(data.clientSoftwareName(), data.clientSoftwareVersion());
        }
    }
}
