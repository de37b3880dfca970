/* The post: what one node has to tell another, written in the transaction of the change itself, sent afterwards for as long as it takes,
 * and taken on the other side once and in order. A lost message is sent again, a doubled one changes nothing, one that overtakes
 * waits; a crash on either side loses nothing, because both the message and its being taken are in the store.
 * Law: NĐ 63/2024/NĐ-CP (exchange within ten minutes); NĐ 47/2020/NĐ-CP Đ45-46. */
#pragma once
#include "defs/life.h"
#include "gate/gate.h"

extern const struct module post_module;

/* To be sent to `node` once this transaction has committed. Messages of a stream are taken in the order in which they were written.
 * `kind` names the operation that the other node runs as operator, with `body` (JSON on one line) as its input and the ground
 * post/NODE. ERR_PEER_UNKNOWN. */
STATUS post_send(struct ctx *cx, str node, int64_t stream, str kind, str body);
/* The node whose message is being taken; "" if this is no message. */
str post_sender(const struct ctx *cx);
