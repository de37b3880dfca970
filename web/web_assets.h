/* The files that pages need, inside the binary: style, script, letters. Paths carry a hash of the bytes, so a browser may
 * keep them for ever ("Cache-Control: public, max-age=31536000, immutable"). Made by web/embed.py; asset_paths.h, made
 * beside it, has one ASSET_<NAME> for each file: ASSET_APP_CSS is "/assets/app-0123456789.css". */
#pragma once
#include "base/str.h"
#include "web/asset_paths.h"

struct web_asset {
    str path;  /* as in the URL */
    str type;  /* Content-Type */
    str bytes;
    str gzip;  /* the same bytes for Content-Encoding: gzip; empty where it would not be smaller */
    str etag;  /* weak (W/"…"), since it stands for the plain and the gzip variant alike: RFC 9110 section 8.8.3.3 */
};

/* NULL if no asset has that path. */
const struct web_asset *web_asset_find(str path);
