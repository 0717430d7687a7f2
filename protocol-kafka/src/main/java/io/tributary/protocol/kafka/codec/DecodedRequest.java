package io.tributary.protocol.kafka.codec;

import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestContext;

/**
 * A request.
 *
 * @param sizeInBytes of its frame
 */
public record DecodedRequest(RequestContext context, AbstractRequest body, int sizeInBytes) {
}
