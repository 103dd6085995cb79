#!/bin/bash
# Backs up the volume postgres_data every day and keeps the newest seven archives.
# Cron, every night at two: 0 2 * * * /path/to/backup_script.sh
set -euo pipefail

BACKUP_DIR="/backups"
TIMESTAMP=$(date +%Y%m%d_%H%M%S)
ARCHIVE="postgres_${TIMESTAMP}.tar.gz"

# A name that is no backup yet: a run that fails half-way leaves no archive that only looks good.
docker run --rm \
  -v postgres_data:/data:ro \
  -v "${BACKUP_DIR}":/backup \
  alpine \
  tar czf "/backup/.${ARCHIVE}.partial" -C /data .
mv "${BACKUP_DIR}/.${ARCHIVE}.partial" "${BACKUP_DIR}/${ARCHIVE}"

# Only a run that succeeded comes this far, so an old good archive is never deleted for a failed new one.
ls -t "${BACKUP_DIR}"/postgres_*.tar.gz | tail -n +8 | xargs -r rm -f
