# Stratégie de backup automatisé (exemple avec cron)
cat > backup_script.sh << 'EOF'
#!/bin/bash
BACKUP_DIR="/backups"
TIMESTAMP=$(date +%Y%m%d_%H%M%S)

docker run --rm \
  -v postgres_data:/data:ro \
  -v ${BACKUP_DIR}:/backup \
  alpine \
  tar czf /backup/postgres_${TIMESTAMP}.tar.gz -C /data .

# Garder seulement les 7 derniers backups
ls -t ${BACKUP_DIR}/postgres_*.tar.gz | tail -n +8 | xargs rm -f
EOF

chmod +x backup_script.sh
