/* Everything that all layers stand on; libc only. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/day.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/status.h"
#include "base/str.h"
#include "base/table.h"
#include "base/text.h"
