# SPDX-License-Identifier: Apache-2.0
# The rooms of the house, in order. A room may include, and is linked in its own tests with, only what it names here
# and what those rooms name. This table is the single source: the build reads it, and so does tests/house/layers.
# cmake-format: off
segmenta_room(base      DEPENDS                                                                      LINK Boost::headers Boost::json fmt::fmt Threads::Threads)
segmenta_room(time      DEPENDS base                                                                 LINK date::date-tz)
segmenta_room(record    DEPENDS base time)
segmenta_room(io        DEPENDS base time record                                                     LINK fmt::fmt ZLIB::ZLIB)
segmenta_room(stats     DEPENDS base)
segmenta_room(evaluate  DEPENDS base time stats)
segmenta_room(feature   DEPENDS base time record stats)
segmenta_room(rule      DEPENDS base time record                                                     LINK re2::re2)
segmenta_room(column    DEPENDS base time record rule)
segmenta_room(tag       DEPENDS base time record rule column)
segmenta_room(strategy  DEPENDS base time record stats column)
segmenta_room(plan      DEPENDS base time record io feature rule column tag strategy)
segmenta_room(ingest    DEPENDS base time record io stats feature rule column tag strategy plan)
segmenta_room(segmenter DEPENDS base time record io stats feature rule column tag strategy plan ingest)
segmenta_room(sample    DEPENDS base time record io)
# cmake-format: on
